//! The one error of reading: the data is not what this viewer can show.
//!
//! Its message is shown on the page as it is, so it names the thing, the value
//! found and the value needed.

export class DamagedData extends Error {
  override name = 'DamagedData';
}

//! What is shown when the data cannot be shown.

export function ErrorPage({ message, damaged }: { message: string; damaged: boolean }) {
  return (
    <div class="error-page" role="alert">
      <h1>This profile cannot be shown</h1>
      <p class="error-message">{message}</p>
      <p>
        {damaged
          ? 'The data in this page is damaged or was cut while it was copied. Write the report again, or copy the whole file.'
          : 'Something went wrong in the viewer itself. Reload the page; if it happens again, the browser may be too old (2023 or later is needed).'}
      </p>
    </div>
  );
}

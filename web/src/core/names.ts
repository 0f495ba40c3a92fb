//! Names of functions as findings have them: short, without arguments.
//!
//! Knows: the rule of the reports (`short_function_name`), which has to be the
//! same here, so that the place of a finding is found among the functions.

/** `f<int>(char const*)` becomes `f`; `<T as Display>::fmt` keeps its shape. */
export function shortName(name: string): string {
  // Python: `outer.<locals>.<lambda>`, `<module>`.
  if (name.includes('.<') || (name.startsWith('<') && name.endsWith('>') && !name.includes(' '))) return name;
  // The leading `<Type as Trait>` of Rust is the name itself.
  const keep = name.startsWith('<');
  const plain = name.endsWith(' const') ? name.slice(0, -6) : name;
  const body = keep || plain.includes('.(') ? plain : withoutParameters(plain);
  let out = '', depth = 0, previous = ' ';
  for (let at = 0; at < body.length; at++) {
    const letter = body[at]!;
    if (letter === '<' && (at > 0 || !keep) && !/operator<?$/.test(out.slice(-9))) {
      depth++;
      // Rust writes `Vec::<T>::new` in some places; the colons go with the arguments.
      if (depth === 1 && out.endsWith('::')) out = out.slice(0, -2);
    } else if (letter === '>' && depth > 0 && previous !== '-') depth--;
    else if (depth === 0) out += letter;
    previous = letter;
  }
  // An odd name (operator->, unbalanced) is better shown as it is than cut wrongly.
  return depth > 0 || out.trim() === '' ? name : out;
}

function withoutParameters(name: string): string {
  if (!name.endsWith(')') || name.includes('operator()')) return name;
  let depth = 0;
  for (let at = name.length - 1; at >= 0; at--) {
    if (name[at] === ')') depth++;
    else if (name[at] === '(' && --depth === 0) return at > 0 && !name.slice(0, at).endsWith('::') ? name.slice(0, at) : name;
  }
  return name;
}

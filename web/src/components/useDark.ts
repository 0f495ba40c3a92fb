//! Whether the page is dark: the reader's choice, else the system's.
//!
//! Writes the answer to the root element, from which the style sheet takes it.

import { useEffect, useState } from 'preact/hooks';
import type { Theme } from '../core/state';

export function useDark(theme: Theme): boolean {
  const [system, setSystem] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setSystem(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  const dark = theme === 'auto' ? system : theme === 'dark';
  useEffect(() => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }, [dark]);
  return dark;
}

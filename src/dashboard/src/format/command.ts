/** A word of a command line as a shell takes it. */
export const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A tulle command: words and options; options with empty values are left out, `true` stands alone. */
export function command(words: string[], options: Readonly<Record<string, string | boolean | null | undefined>> = {}): string {
  const parts = ['tulle', ...words.map(shellWord)];
  for (const [name, value] of Object.entries(options)) {
    if (value === true) parts.push(name);
    else if (typeof value === 'string' && value !== '') parts.push(name, shellWord(value));
  }
  return parts.join(' ');
}

/** `-n shop` or `-A`. */
export const inNamespaces = (namespace: string): Record<string, string | boolean> => (namespace === '' ? { '-A': true } : { '-n': namespace });

import { useEffect, useState } from 'react';
import { Icon } from './Icon';

/** The command that shows the same in a terminal. */
export function Command({ text, label = 'The same in a terminal' }: { text: string; label?: string }) {
  return (
    <div className="command" aria-label={label} role="group">
      <span className="command-prompt" aria-hidden="true">$</span>
      <code>{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  const title = copied === null ? `Copy ${what}` : copied ? 'Copied' : 'The browser refused; select the text instead';
  return (
    <button type="button" className="quiet" onClick={() => void copy()} aria-label={title} title={title}>
      <Icon name={copied ? 'check' : copied === false ? 'close' : 'copy'} size={14} />
    </button>
  );
}

import { useId } from 'react';
import { Panel } from '../../components/Panel';
import { diff } from './diff';
import type { Editor } from './useEditor';
import { sharesOf, type WeightGroup } from './weights';

/** Moves traffic between versions: sliders, what they make of the YAML, what admission says of it, and the button that does it. */
export function WeightEditor({ editor }: { editor: Editor }) {
  const { groups, weights, changed, busy, verdict } = editor;
  return (
    <Panel title="Traffic between versions" className="editor">
      <div className="panel-body">
        {groups.map((group, index) => <Group key={group.path.join('.')} group={group} weights={weights[index] ?? group.weights} move={(target, share) => editor.move(index, target, share)} />)}
        {changed && <Diff before={editor.before} after={editor.after} />}
        <div aria-live="polite">
          {verdict?.texts.map(text => <p key={text} className={`toast-warning${verdict.kind === 'done' ? ' toast-ok' : verdict.kind === 'warning' ? '' : ' toast-bad'}`}>{text}</p>)}
          {verdict?.kind === 'conflict' && <p>Somebody changed the object after it was read here. <button type="button" onClick={editor.reload}>Read it again and keep these weights</button></p>}
        </div>
        <div className="page-tools">
          <button type="button" className="primary" disabled={!changed || busy || verdict?.kind === 'error'} onClick={editor.apply}>{busy ? 'Applying …' : 'Apply'}</button>
          <button type="button" disabled={!changed || busy} onClick={editor.reset}>Discard</button>
          <span className="muted">{changed ? 'Checked by a dry run, not applied yet.' : 'Move a slider to see what would change.'}</span>
        </div>
      </div>
    </Panel>
  );
}

function Group({ group, weights, move }: { group: WeightGroup; weights: readonly number[]; move(target: number, share: number): void }) {
  const id = useId();
  const shares = sharesOf(weights);
  // Of two, one slider moves both: that of the second, which is the new version where people write canaries.
  const sliders = group.targets.length === 2 ? [1] : group.targets.map((_, index) => index);
  return (
    <fieldset className="weights">
      <legend>{group.label}</legend>
      <div className="weight-bar" aria-hidden="true">
        <svg viewBox="0 0 100 8" preserveAspectRatio="none">{shares.map((share, index) => <rect key={index} className={`w${index % 4}`} x={shares.slice(0, index).reduce((sum, other) => sum + other, 0)} width={share} height={8} />)}</svg>
      </div>
      <ul className="weight-names">{group.targets.map((target, index) => <li key={target}><span className={`weight-key w${index % 4}`} aria-hidden="true" /><span className="mono">{target}</span><b>{tidy(shares[index] ?? 0)}%</b></li>)}</ul>
      {sliders.map(index => (
        <div key={index} className="weight-slider">
          <label htmlFor={`${id}${index}`}>Share of {group.targets[index]}</label>
          <input id={`${id}${index}`} type="range" min={0} max={100} step={1} value={Math.round(shares[index] ?? 0)} aria-valuetext={`${tidy(shares[index] ?? 0)} per cent`} onChange={event => move(index, Number(event.target.value))} />
          <input type="number" min={0} max={100} aria-label={`Share of ${group.targets[index]} in per cent`} value={Math.round(shares[index] ?? 0)} onChange={event => move(index, Math.min(100, Math.max(0, Math.round(Number(event.target.value)))))} />
        </div>
      ))}
    </fieldset>
  );
}

const tidy = (share: number): number => Math.round(share * 10) / 10;

function Diff({ before, after }: { before: string; after: string }) {
  const sign = { same: ' ', added: '+', removed: '-', gap: ' ' };
  return (
    <pre className="diff" tabIndex={0} role="region" aria-label="What would change in the YAML">
      {diff(before, after).map((line, index) => <span key={index} className={`d-${line.kind}`}>{sign[line.kind]} {line.text}{'\n'}</span>)}
    </pre>
  );
}

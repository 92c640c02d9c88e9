import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError, UsageError } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import type { Profile } from '../mta/knobs.ts';
import { loadProfile, PROFILE_NAMES } from '../mta/profile.ts';
import { parseJsonc } from './jsonc.ts';

/** A profile by its name, or by the path of a `.json` file relative to `folder`. `where` names the option or key in errors. */
export function profileByName(name: string, folder: string, where: string): Profile {
  if (PROFILE_NAMES.includes(name)) return loadProfile(name);
  if (!/\.jsonc?$/.test(name) && !/[\\/]/.test(name)) {
    const list = `${PROFILE_NAMES.join(', ')}; or a .json file`;
    throw new UsageError(`${where} ${name}: no such profile (${list})${didYouMean(name, PROFILE_NAMES)}`);
  }
  let text: string;
  try {
    text = readFileSync(resolve(folder, name), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`${where} ${name}: can't be read: ${code === 'ENOENT' ? 'no such file' : message}`);
  }
  const parsed = parseJsonc(text, name);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`${where} ${name}: expected an object`);
  try {
    return loadProfile(parsed);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}

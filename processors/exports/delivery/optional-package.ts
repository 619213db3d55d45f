import { codeOf } from '../../../ingest/program/caught.ts';
import { UsageError } from '../../../ingest/program/command.ts';

/**
 * Loads a package that is needed for one kind of destination alone.
 * @param purpose what it is needed for, e.g. `s3://`
 * @param names what to install when it is missing
 * @throws UsageError saying how to install it
 */
export async function optionalPackage<Module>(
  purpose: string,
  names: readonly string[],
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      `${purpose} needs ${names.length === 1 ? 'a package that is' : 'packages that are'} not installed: npm install ${names.join(' ')}`,
      { cause: error },
    );
  }
}

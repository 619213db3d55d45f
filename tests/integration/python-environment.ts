import { pythonVenvOrLack } from '../../stack/python/venv.ts';

/** The interpreter of an environment with the packages of a requirements file; where none can be made, the test is skipped, aloud. */
export async function pythonOrSkip(
  skip: (note?: string) => never,
  name: string,
  requirements: string,
): Promise<string> {
  const found = await pythonVenvOrLack(name, requirements);
  if ('python' in found) return found.python;
  // The default reporter tells that a test was skipped, not why.
  console.warn(`skipped: ${found.lack}`);
  return skip(found.lack);
}

declare global {
  /** Put in its place when the pages are built (vite.config.ts). */
  const ANALYST_NOTES: AnalystNotes;
}

/** What the SQL notes are made of: read off the files of `sql/` (read-analyst-notes.ts). */
export interface AnalystNotes {
  readonly views: readonly NotedView[];
  /** What computes each figure of the wall; named by its id. */
  readonly kpis: readonly NotedQuery[];
  readonly queries: readonly NotedQuery[];
  readonly checks: readonly NotedQuery[];
}

/** A view that analysts may read. Texts of COMMENTs are English; names have a Chinese one too. */
export interface NotedView {
  readonly name: string;
  readonly name_zh: string;
  readonly comment: string;
  /** `name Type`, of a view that is called. */
  readonly parameters: readonly string[];
  readonly columns: readonly NotedColumn[];
}

export interface NotedColumn {
  readonly name: string;
  readonly name_zh: string;
  readonly type: string;
  readonly comment: string;
}

/** A `.sql` file that runs as it stands. */
export interface NotedQuery {
  /** Without its ending. */
  readonly name: string;
  readonly name_zh: string;
  /** What its first comment lines say, but the command. */
  readonly about: string;
  /** The command that runs it; empty where it names none. */
  readonly command: string;
  /** Without those lines. */
  readonly text: string;
}

/** The views that have all words of `find` somewhere in name, comment or columns; all where it is empty. */
export function findViews(views: readonly NotedView[], find: string): readonly NotedView[] {
  return views.filter((view) =>
    holdsAll(find, [
      view.name,
      view.name_zh,
      view.comment,
      ...view.columns.flatMap(({ name, name_zh, comment }) => [name, name_zh, comment]),
    ]),
  );
}

/** The queries that have all words of `find` somewhere in name, head, statement or in what else is said of them. */
export function findQueries(
  queries: readonly NotedQuery[],
  find: string,
  saidOf: (query: NotedQuery) => readonly string[] = () => [],
): readonly NotedQuery[] {
  return queries.filter((query) =>
    holdsAll(find, [query.name, query.name_zh, query.about, query.text, ...saidOf(query)]),
  );
}

/** Whether each word of `find` is somewhere in the texts, whatever its case; so it is of no words. */
function holdsAll(find: string, texts: readonly string[]): boolean {
  const text = texts.join('\n').toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Splits a `.sql` file into what its head says, its command and the statement. */
export function notedQuery(name: string, file: string): Omit<NotedQuery, 'name_zh'> {
  const lines = file.trimEnd().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const head = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^--\s?/, ''));
  return {
    name,
    about: head.filter((line) => !line.startsWith('clickhouse-client')).join(' '),
    command: head.find((line) => line.startsWith('clickhouse-client')) ?? '',
    text: lines.slice(head.length).join('\n'),
  };
}

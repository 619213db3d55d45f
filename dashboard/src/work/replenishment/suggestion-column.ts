/** A column of a list of suggestions. */
export interface SuggestionColumn<Row> {
  readonly title: string;
  readonly isNumber: boolean;
  readonly textOf: (row: Row) => string;
  /** The code of what is named, by which the filters find it. */
  readonly codeOf?: (row: Row) => string;
}

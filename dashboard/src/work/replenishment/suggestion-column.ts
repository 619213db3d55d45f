/** A column of a list of suggestions. */
export interface SuggestionColumn<Row> {
  readonly title: string;
  readonly isNumber: boolean;
  readonly textOf: (row: Row) => string;
}

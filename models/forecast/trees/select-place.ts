/**
 * The value that would stand at `place` if the first `count` values were sorted ascending. Puts them in another order (quickselect;
 * Hoare 1961): the whole order is not needed for one quantile. No value may be NaN,
 * and `place` is one of the `count`.
 */
export function selectPlace(values: Float32Array, count: number, place: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const value = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = value;
    }
    // Left of `left` none is above the pivot, right of `right` none below it; what lies between equals it.
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return values[place] as number;
}

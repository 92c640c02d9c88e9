type Numbers = Int8Array | Int32Array | Float64Array;

/** Numbers of one kind in the order in which they came, at the octets of their type each: rows of plain objects take several times that. */
export class Column {
  length = 0;
  private numbers: Numbers;

  /** @param kind the array that holds them; a number that does not fit it is cut as such arrays cut it */
  constructor(kind: new (length: number) => Numbers) {
    this.numbers = new kind(64);
  }

  push(value: number): void {
    this.set(this.length, value);
  }

  at(row: number): number {
    return this.numbers[row]!;
  }

  /** Changes a row, or adds the next. */
  set(row: number, value: number): void {
    if (row === this.numbers.length) {
      const { numbers } = this;
      this.numbers = new (numbers.constructor as new (length: number) => Numbers)(row * 2);
      this.numbers.set(numbers);
    }
    if (row === this.length) this.length++;
    this.numbers[row] = value;
  }
}

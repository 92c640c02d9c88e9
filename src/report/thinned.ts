/** Samples in the order in which they came, in bounded memory: when there are `most`, neighbours are joined, so that no peak is lost. */
export class Thinned<T> {
  list: T[] = [];
  /** Samples that the list stands for. */
  of = 0;
  private readonly most: number;
  private readonly joined: (a: T, b: T) => T;
  /** How many one of the list stands for, and how many of them the last one has. */
  private stride = 1;
  private fill = 0;

  constructor(most: number, joined: (a: T, b: T) => T) {
    this.most = most;
    this.joined = joined;
  }

  add(sample: T): void {
    this.of++;
    if (this.fill > 0 && this.fill < this.stride) {
      this.fill++;
      this.list[this.list.length - 1] = this.joined(this.list.at(-1)!, sample);
      return;
    }
    this.list.push(sample);
    this.fill = 1;
    if (this.list.length < this.most) return;
    const half: T[] = [];
    for (let i = 0; i < this.list.length; i += 2) {
      const next = this.list[i + 1];
      half.push(next === undefined ? this.list[i]! : this.joined(this.list[i]!, next));
    }
    this.list = half;
    this.stride *= 2;
    this.fill = this.stride;
  }
}

import type { Direction } from '../model/finding.ts';
import type { Profile } from '../mta/knobs.ts';
import type { Machine } from '../mta/machine.ts';
import { requested, requestModel } from '../mta/request.ts';
import type { BufferChange, EngineSink } from './sink.ts';

/** Where a connection is, and what is told of its machines. */
export interface EndsOptions {
  readonly stream: number;
  readonly client: string;
  readonly server: string;
  readonly profile: Profile;
  readonly machines: { of(address: string): Machine };
  readonly sink: EngineSink;
}

/** The emulated machines at the two ends of one transport connection: its control blocks, and what is held for it. */
export class Ends {
  /** Most elements that were held at once for the octets of each direction. */
  readonly peaks: [number, number] = [0, 0];
  /** At the client and at the server, once there is something to emulate: most connects of a scan come to nothing. */
  private machines: [Machine, Machine] | null = null;
  /** Control block slots at the client and at the server; -1 while closed. */
  private slots: [number, number] = [-1, -1];
  private readonly options: EndsOptions;
  private readonly elements: ReturnType<typeof requestModel>;

  constructor(options: EndsOptions) {
    this.options = options;
    this.elements = requestModel(options.profile);
  }

  /** Both hosts have a machine from now on. */
  meet(): [Machine, Machine] {
    const { machines, client, server } = this.options;
    this.machines ??= [machines.of(client), machines.of(server)];
    return this.machines;
  }

  /** Each end takes a control block. */
  open(frame: number, sec: number, nsec: number): void {
    if (this.slots[0] >= 0) return;
    const { sink, stream, client, server } = this.options;
    const machines = this.meet();
    this.slots = [machines[0].open(), machines[1].open()];
    for (const end of [0, 1] as const) {
      if (!machines[end].exhausted) continue;
      sink.condition('mta.9156', stream, end === 1 ? 0 : 1, frame, end === 0 ? client : server, { sec, nsec });
    }
  }

  /** The receiver of this direction has read a header of `length` octets. `tpduSize` is the negotiated one, null while it is not known. */
  request(
    direction: Direction,
    length: number,
    versionOctet: number,
    tpduSize: number | null,
    position: number,
    frame: number,
    sec: number,
    nsec: number,
  ): void {
    const end = direction === 0 ? 1 : 0;
    const slot = this.slots[end];
    if (slot < 0) return;
    const asked = requested(this.elements, length, versionOctet, tpduSize);
    this.machines![end].request(slot, asked);
    if (this.options.sink.buffers !== undefined)
      this.tell('request', direction, frame, sec, nsec, position, length, asked);
  }

  /** A TPDU is complete there. */
  handOver(direction: Direction, endOfTsdu: boolean, frame: number, sec: number, nsec: number): void {
    const end = direction === 0 ? 1 : 0;
    const slot = this.slots[end];
    if (slot < 0) return;
    const machine = this.machines![end];
    const before = machine.heldBy(slot);
    machine.handOver(slot, endOfTsdu);
    if (this.options.sink.buffers === undefined) return;
    const given = before - machine.heldBy(slot);
    if (given > 0) this.tell('hand-over', direction, frame, sec, nsec, 0, 0, given);
  }

  close(frame: number, sec: number, nsec: number): void {
    for (const end of [0, 1] as const) {
      if (this.slots[end] < 0) continue;
      // What the server's machine held came from the client: direction 0.
      const direction = end === 1 ? 0 : 1;
      const given = this.machines![end].heldBy(this.slots[end]);
      const most = this.machines![end].close(this.slots[end]);
      if (most > this.peaks[direction]) this.peaks[direction] = most;
      if (this.options.sink.buffers !== undefined) this.tell('close', direction, frame, sec, nsec, 0, 0, given);
      this.slots[end] = -1;
    }
  }

  private tell(
    kind: BufferChange['kind'],
    direction: Direction,
    frame: number,
    sec: number,
    nsec: number,
    streamOffset: number,
    length: number,
    elements: number,
  ): void {
    const { sink, stream, client, server } = this.options;
    const end = direction === 0 ? 1 : 0;
    const machine = this.machines![end];
    sink.buffers!({
      stream,
      direction,
      frame,
      sec,
      nsec,
      kind,
      receiver: end === 1 ? server : client,
      streamOffset,
      length,
      elements,
      held: machine.heldBy(this.slots[end]),
      machineHeld: machine.elementsHeld,
      controlBlocks: machine.controlBlocksInUse,
    });
  }
}

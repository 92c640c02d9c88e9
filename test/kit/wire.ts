import type { Stamp } from '../../src/model/tsdu.ts';
import { ethernet, type Link, type Version, type Way } from './link.ts';
import { type CapturedFrame, type PcapOptions, pcap } from './pcap.ts';

/** What the capturing station wrote down: frames in order of arrival, numbered from 1, on a clock that only tests move. */
export class Wire {
  readonly frames: CapturedFrame[] = [];
  link: Link;
  private sec: number;
  private nsec: number;

  constructor(start: string, link: Link = ethernet()) {
    this.sec = Math.floor(Date.parse(start) / 1000);
    this.nsec = 0;
    this.link = link;
  }

  get now(): Stamp {
    return { sec: this.sec, nsec: this.nsec };
  }

  wait(milliseconds: number): this {
    const nsec = this.nsec + Math.round(milliseconds * 1e6);
    this.sec += Math.floor(nsec / 1e9);
    this.nsec = nsec % 1e9;
    return this;
  }

  /** Put an IP packet on the wire; returns its frame number. */
  packet(packet: Uint8Array, version: Version, way: Way): number {
    return this.frame(this.link.frame(packet, version, way));
  }

  frame(bytes: Uint8Array, wireLength?: number): number {
    this.wait(0.8);
    this.frames.push({ time: this.now, bytes, ...(wireLength === undefined ? {} : { wireLength }) });
    return this.frames.length;
  }

  pcap(options: PcapOptions = {}): Uint8Array<ArrayBuffer> {
    return pcap(this.frames, { linkType: this.link.linkType, ...options });
  }
}

import * as v from 'valibot';
import { AN_ADDRESS, canonicalAddress } from './addresses.ts';

/*
 * The policy file as valibot sees it. `schema/config.schema.json` is made from it (npm run schema), so that editors complete what the
 * program accepts.
 */

const text = (what: string) => v.pipe(v.string(), v.nonEmpty('must not be empty'), v.description(what));
const texts = (what: string) =>
  v.pipe(v.array(v.pipe(v.string(), v.nonEmpty('must not be empty'))), v.description(what));
const address = v.pipe(
  v.string(),
  v.check(
    text => canonicalAddress(text) !== null,
    issue => `expected ${AN_ADDRESS}, not ${JSON.stringify(issue.input)}`,
  ),
  v.transform(text => canonicalAddress(text)!),
);
const natural = (what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER), v.description(what));
const positive = (what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER), v.description(what));

const GRADES = ['off', 'note', 'warning', 'error'] as const;
const FAIL_ON = ['error', 'warning', 'note', 'never'] as const;

const failOn = v.pipe(
  v.picklist(FAIL_ON),
  v.description('Fail a capture at this severity and above; error unless given.'),
);

const rules = v.pipe(
  v.record(v.string(), v.picklist(GRADES)),
  v.description(
    'Severity by rule code; * stands for any characters. An exact code beats a pattern, a longer pattern a shorter one.',
  ),
);

const limits = v.pipe(
  v.strictObject({
    maxTpktLength: v.optional(positive('Longest TPKT in octets.')),
    maxPeakElements: v.optional(natural('Most buffer elements that one direction of a stream holds at once.')),
    maxControlBlocks: v.optional(positive('Most control blocks that one host uses at once.')),
    minTpkts: v.optional(natural('Fewest TPKTs of a capture: an empty one does not pass silently.')),
  }),
  v.description('Limits of this policy; each is a rule gate.… of its own.'),
);

const expectation = {
  code: text('Code of the finding; * stands for any characters.'),
  frame: v.optional(positive('Its frame, as in Wireshark.')),
  stream: v.optional(natural('Its stream.')),
  profile: v.optional(text('The profile under which it must occur; any unless given.')),
};

const set = v.pipe(
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  v.description('Fields of the profiles to override, as --set does.'),
);

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

/** What can be said for all captures and again for some. */
const common = {
  failOn: v.optional(failOn),
  rules: v.optional(rules),
  profiles: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.nonEmpty('must not be empty'))),
      v.minLength(1),
      v.description('Profiles to test against, names or .json files; the capture must survive all of them.'),
    ),
  ),
  set: v.optional(set),
  mta: v.optional(
    v.pipe(v.array(address), v.description('IP addresses of the MTA hosts; ::ffff:192.0.2.1 is 192.0.2.1.')),
  ),
  ports: v.optional(
    v.pipe(v.array(port), v.minLength(1), v.description('TCP ports of ISO transport; 102 unless given.')),
  ),
  anyPort: v.optional(v.pipe(v.boolean(), v.description('Find ISO transport on other ports by evidence.'))),
  limits: v.optional(limits),
};

export const CONFIG = v.pipe(
  v.strictObject({
    $schema: v.optional(v.pipe(v.string(), v.description('Where the JSON Schema of this file is.'))),
    captures: v.optional(
      texts('Captures, folders or glob patterns, relative to this file; used when the command names none.'),
    ),
    exclude: v.optional(texts('Glob patterns of captures to leave out.')),
    ...common,
    expect: v.optional(
      v.pipe(
        v.array(v.strictObject({ capture: text('Glob pattern of the captures that must show it.'), ...expectation })),
        v.description('Findings that must occur; they do not fail the capture, their absence does.'),
      ),
    ),
    baseline: v.optional(text('File of findings that are known and accepted, relative to this file.')),
    overrides: v.optional(
      v.pipe(
        v.array(
          v.strictObject({
            files: v.pipe(
              v.array(v.pipe(v.string(), v.nonEmpty('must not be empty'))),
              v.minLength(1),
              v.description('Glob patterns of the captures this is for; one without a slash fits the file name.'),
            ),
            ...common,
            expect: v.optional(
              v.pipe(
                v.array(v.strictObject(expectation)),
                v.description('Findings that must occur in each of these captures.'),
              ),
            ),
          }),
        ),
        v.description('What differs for some captures; later entries win.'),
      ),
    ),
  }),
  v.title('mtascope policy'),
  v.description('What `mtascope gate` judges captures by: mtascope.config.json, comments allowed.'),
);

export type Config = v.InferOutput<typeof CONFIG>;
export type Override = NonNullable<Config['overrides']>[number];
export type Limits = v.InferOutput<typeof limits>;
export type Grade = (typeof GRADES)[number];
export type FailOn = (typeof FAIL_ON)[number];

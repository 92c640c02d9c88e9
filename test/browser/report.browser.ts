import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tsharkAvailable, tsharkFields, tsharkPdml } from '../kit/tshark.ts';
import {
  expectAccessible,
  folder,
  HAVE_CHROMIUM,
  launch,
  markedHex,
  open,
  ROOT,
  VIEWS,
  type Watched,
  watched,
  writeReport,
} from './browser.ts';

const ARTICLE = join(ROOT, 'captures', 'q182619-5.0.pcap');

describe.skipIf(!HAVE_CHROMIUM)('the report page', () => {
  const place = folder();
  let browser: Browser;
  let article = '';
  beforeAll(async () => {
    browser = await launch();
    article = writeReport([ARTICLE], join(place.path, 'article.html'), '--profile', 'exchange-5.0');
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  async function use(run: (w: Watched) => Promise<void>, options = {}): Promise<void> {
    const w = await watched(browser, options);
    try {
      await run(w);
      expect(w.complaints).toEqual([]);
    } finally {
      await w.close();
    }
  }

  test('the verdict comes first and leads to its frame with the four octets marked', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      expect(await page.textContent('h1')).toContain('9404 at frame 76: the MTA at 192.0.2.40 would stop here');
      expect(await page.textContent('blockquote')).toContain('30 headers and 30 elements');
      await page.click('text=Show frame 76');
      await page.waitForSelector('.pane-tree h2:has-text("Frame 76")');
      await page.waitForSelector('.octets .o.m');
      expect(await markedHex(page)).toBe('0e02f080');
      expect(await page.textContent('.tree [aria-selected=true]')).toContain('TPKT as the machine reads it');
      expect(new URL(page.url()).hash).toContain('frame=76');
      // The same address, opened anew, shows the same.
      const shared = page.url();
      await page.goto('about:blank');
      await page.goto(shared);
      await page.waitForSelector('.octets .o.m');
      expect(await markedHex(page)).toBe('0e02f080');
    });
  });

  test('a finding in the table selects its frame everywhere', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      await page.click('#findings tbody tr:nth-child(2) button');
      await page.click('#tab-packets');
      await page.waitForSelector('#packet-75.selected');
      await page.click('#tab-ladder');
      await page.waitForSelector('.ladder .row.selected:has-text("76")');
    });
  });

  test('the misread header is drawn octet by octet', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      const octets = await page.$$eval('.misread .octet', nodes =>
        nodes.map(
          n => `${n.textContent}${n.classList.contains('taken') ? '!' : n.classList.contains('real') ? '+' : ''}`,
        ),
      );
      expect(octets.join(' ')).toContain('20 03+ 00+ 00+ 0E! 02! F0! 80! 01');
      expect(await page.textContent('.misread figcaption')).toContain('declares 26 octets');
      await page.click('.misread .octet.taken');
      await page.waitForSelector('.octets .o.m');
      expect(await page.textContent('.named')).toContain('tpkt.version');
    });
  });

  test.skipIf(!tsharkAvailable())('the marked octets are those that tshark gives the field', async () => {
    const frames = tsharkPdml(ARTICLE, [], 'frame.number in {12, 14, 22, 46}');
    await use(async ({ page }) => {
      let compared = 0;
      for (const [i, no] of [12, 14, 22, 46].entries()) {
        await open(page, article, `view=packets&frame=${no}`);
        await page.waitForSelector('.tree [role=treeitem]');
        for (const name of [
          'tpkt.version',
          'tpkt.length',
          'cotp.li',
          'cotp.type',
          'cotp.destref',
          'cotp.srcref',
          'tcp.srcport',
        ]) {
          const theirs = frames[i]!.flatMap(p => p.children).find(f => f.name === name);
          const line = page.locator(`.tree [data-name="${name}"]`).first();
          // What tshark works out (the reference of a DT of class 0) stands in no octet.
          if (theirs === undefined || theirs.value === '') continue;
          if ((await line.count()) === 0) {
            // TCP is closed at first: open it as a person would.
            await page.locator('.tree [data-name=tcp] .twist').click();
          }
          await line.click();
          expect(await markedHex(page), `${name} in frame ${no}`).toBe(theirs.value);
          expect(Number(await page.locator('.octets .o.m').first().getAttribute('data-at'))).toBe(theirs.pos);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(20);
    });
  });

  test('an octet names its field', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets&frame=12');
      await page.waitForSelector('.octets .o');
      await page.click('.octets .o[data-at="57"]');
      expect(await page.textContent('.named')).toContain('tpkt.length');
      expect(await page.getAttribute('.tree [aria-selected=true]', 'data-name')).toBe('tpkt.length');
      expect(await markedHex(page)).toBe('000e');
    });
  });

  test('reassembled octets have a pane of their own and say where they are from', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets&frame=42');
      await page.waitForSelector('.tree [data-name="rtse.segment"]');
      await page.click('.tree [data-name="rtse.segment"]');
      await page.waitForSelector('.origin');
      expect(await page.textContent('.origin')).toContain('30');
      expect(await page.textContent('.spaces [aria-pressed=true]')).toContain('TSDU');
    });
  });

  const FILTERS = [
    'cotp.type == 0x0e',
    'tpkt.length > 2000',
    'ses.type == 41',
    'tcp.flags.syn == 1',
    'frame.number in {74, 76}',
    'tcp.len == 0',
  ];
  test.skipIf(!tsharkAvailable()).each(FILTERS)('the filter %s finds what tshark finds', async filter => {
    const theirs = tsharkFields(ARTICLE, ['frame.number'], [], filter).map(row => row['frame.number']![0]!);
    await use(async ({ page }) => {
      await open(page, article, 'view=packets');
      await page.fill('#filter', filter);
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        n => document.querySelector('.bar .count')?.textContent?.startsWith(`${n} of`) === true,
        String(theirs.length),
      );
      const shown = await page.$$eval('[id^="packet-"] .cell.no', nodes =>
        nodes.map(n => n.textContent!.replace(/\D/g, '')),
      );
      expect(theirs.slice(0, shown.length)).toEqual(shown);
    });
  });

  test('the filter bar completes, and marks what is wrong', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets');
      await page.fill('#filter', 'cotp.typ == 1');
      expect(await page.getAttribute('#filter', 'aria-invalid')).toBe('true');
      expect(await page.textContent('#filter-error mark')).toBe('cotp.typ');
      const error = (await page.textContent('#filter-error'))!;
      expect(error.match(/did you mean/g)).toHaveLength(1);
      expect(error).toContain('✖ there is no field cotp.typ; did you mean cotp.type? ');
      await page.fill('#filter', '');
      await page.type('#filter', 'cotp.ty');
      await page.waitForSelector('#completions [role=option]');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await page.inputValue('#filter')).toBe('cotp.type');
      expect(await page.getAttribute('#filter', 'aria-invalid')).toBe('false');
    });
  });

  test('the packet list has the columns and the words of `mtascope packets`', async () => {
    const file = join(ROOT, 'captures', 'reordered.pcap');
    const out = execFileSync(process.execPath, [join(ROOT, 'bin', 'mtascope.js'), 'packets', file, '--format', 'csv']);
    const theirs = out.toString().trim().split('\r\n').slice(1, 16);
    const url = writeReport([file], join(place.path, 'reordered.html'));
    await use(async ({ page }) => {
      await open(page, url, 'view=packets');
      await page.waitForSelector('#packet-14');
      expect(
        await page.$$eval('.packets [role=columnheader] button', nodes => nodes.map(n => n.firstChild!.textContent)),
      ).toEqual(['No.', 'Time', 'Stream', 'Source', 'Destination', 'Protocol', 'Length', 'Info']);
      for (const [i, line] of theirs.entries()) {
        for (const column of ['source', 'destination', 'protocol', 'info']) {
          const cell = (await page.textContent(`#packet-${i} .${column}`))!;
          expect(line, `${column} of row ${i}`).toContain(cell);
          expect(cell).not.toBe('');
        }
      }
      expect(await page.textContent('#packet-14 .info')).toContain(
        '[TCP Retransmission] 1064 → 102 [PSH, ACK] Seq=209',
      );
      await page.click('[role=columnheader].source button');
      await page.waitForSelector('[role=columnheader].source[aria-sort=ascending]');
      expect(await page.textContent('#packet-0 .source')).toBe('192.0.2.30');
    });
  });

  test('packets and tables are sorted by a click on the head of a column', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets');
      await page.click('[role=columnheader].length button');
      await page.click('[role=columnheader].length button');
      await page.waitForSelector('[role=columnheader].length[aria-sort=descending]');
      await page.waitForFunction(() => document.querySelector('#packet-0 .length')?.textContent === '1,514');
      await open(page, article);
      await page.click('#findings th:nth-child(2) button');
      const frames = await page.$$eval('#findings tbody td:nth-child(2)', nodes =>
        nodes.map(n => Number(n.textContent)),
      );
      expect(frames).toEqual([...frames].sort((a, b) => a - b));
      expect(frames[0]).toBe(8);
    });
  });

  test.each([
    ['streams', '2,048', '1 of 2 streams'],
    ['streams', '2048', '1 of 2 streams'],
    ['hosts', '2 of 20', '2 hosts'],
    ['findings', 'warning', '1 of 4 findings'],
    // Severities are ordered by a rank that nobody sees.
    ['findings', '0 error', '0 of 4 findings'],
  ])('the search of %s looks at what is shown: %s', async (table, text, found) => {
    await use(async ({ page }) => {
      await open(page, article);
      await page.fill(`#${table} input[type=search]`, text);
      await expect.poll(() => page.textContent(`#${table} .count`)).toBe(found);
    });
  });

  test('everything is done by keyboard alone', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      const press = async (...keys: string[]): Promise<void> => {
        for (const key of keys) await page.keyboard.press(key);
      };
      const focused = (): Promise<string> =>
        page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');
      const tabTo = async (label: string): Promise<void> => {
        for (let i = 0; i < 40; i++) {
          if ((await focused()) === label) return;
          await press('Tab');
        }
        throw new Error(`${label} is not reached by Tab; the focus is on ${await focused()}`);
      };
      await tabTo('tab-overview');
      await press('ArrowRight');
      await page.waitForSelector('section.packets');
      await tabTo('Packet list');
      await press('Home', 'PageDown', 'End');
      await page.waitForSelector('.pane-tree h2:has-text("Frame 78")');
      await press('ArrowUp', 'ArrowUp');
      await page.waitForSelector('.pane-tree h2:has-text("Frame 76")');
      await tabTo('Layers of frame 76');
      await press('Home');
      expect(await page.getAttribute('.tree [aria-selected=true]', 'aria-expanded')).toBe('false');
      await press('ArrowRight');
      expect(await page.getAttribute('.tree [aria-selected=true]', 'aria-expanded')).toBe('true');
      await press('ArrowRight');
      expect(await page.getAttribute('.tree [aria-selected=true]', 'data-name')).toBe('eth.dst');
      expect(await markedHex(page)).toHaveLength(12);
      await tabTo('Octets of Frame 76');
      await press('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight');
      expect(await page.textContent('.named')).toContain('eth.src');
      await press('/');
      expect(await focused()).toBe('filter');
      await press('Escape');
      await press('Alt+3');
      // The rungs are read after the view is drawn; before that there is nothing that a key could go to.
      await page.waitForSelector('section.ladder .row.rung');
      await tabTo('Ladder of stream 1');
      await press('End', 'Enter');
      await page.waitForSelector('section.packets');
    });
  });

  test('the keys of the page work wherever the focus is: nowhere, in a list, in a field that went away', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id || 'nothing');
      expect(await focused()).toBe('nothing');
      await page.keyboard.press('Alt+6');
      await page.waitForSelector('section.messages');
      await page.keyboard.press('/');
      await page.waitForSelector('section.packets');
      await page.waitForFunction(() => document.activeElement?.id === 'filter');
      // A slash is text there; the views are still reached.
      await page.keyboard.press('/');
      expect(await page.inputValue('#filter')).toBe('/');
      await page.keyboard.press('Alt+4');
      await page.waitForSelector('section.buffers');
      expect(await focused()).toBe('main');
      await page.keyboard.press('/');
      await page.waitForFunction(() => document.activeElement?.id === 'filter');
      await open(page, article);
      await page.keyboard.press('Alt+2');
      await page.waitForSelector('#packet-0');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('#packet-1.selected');
      await open(page, article);
      await page.click('#tab-packets');
      await page.waitForSelector('#packet-0');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('#packet-0.selected');
      await page.keyboard.press('PageDown');
      await page.waitForSelector('#packet-0:not(.selected)');
      await page.focus('#tab-packets');
      await page.keyboard.press('Home');
      await page.waitForSelector('section.overview');
      await page.keyboard.press('Alt+2');
      await page.waitForSelector('#packet-0');
      await page.check('.bar input[type=checkbox]');
      await page.keyboard.press('/');
      await page.waitForFunction(() => document.activeElement?.id === 'filter');
    });
  });

  test('what is typed into the filter as soon as it is there stays', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      const kept = await page.evaluate(
        () =>
          new Promise(resolve => {
            const observer = new MutationObserver(() => {
              const field = document.querySelector<HTMLInputElement>('#filter');
              if (field === null) return;
              observer.disconnect();
              field.value = 'tpkt';
              field.dispatchEvent(new InputEvent('input', { bubbles: true }));
              setTimeout(() => resolve(field.value), 300);
            });
            observer.observe(document.body, { childList: true, subtree: true });
            document.querySelector<HTMLElement>('#tab-packets')!.click();
          }),
      );
      expect(kept).toBe('tpkt');
    });
  });

  test.each(VIEWS)('the focus is seen wherever Tab goes: %s', async view => {
    await use(async ({ page }) => {
      await open(page, article, `view=${view}&frame=76&stream=1`);
      await page.waitForSelector(`section.${view}`);
      await page.waitForTimeout(200);
      const unseen: string[] = [];
      let stops = 0;
      for (; stops < 70; stops++) {
        await page.keyboard.press('Tab');
        const found = await page.evaluate(() => {
          const at = document.activeElement!;
          if (at === document.body) return null;
          const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(at);
          const reach = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
          const name = at.getAttribute('aria-label') ?? at.textContent;
          if (outlineStyle === 'none' || reach <= 0) return `${name}: no outline`;
          // What scrolls cuts off what stands out of it.
          const box = at.getBoundingClientRect();
          for (let up = at.parentElement; up !== null && up !== document.documentElement; up = up.parentElement) {
            if (getComputedStyle(up).overflowX === 'visible') continue;
            const room = up.getBoundingClientRect();
            const cut = [room.left - box.left, room.top - box.top, box.right - room.right, box.bottom - room.bottom];
            if (cut.some(by => by + reach > 0.5)) return `${name}: cut off by ${up.className}`;
          }
          return '';
        });
        if (found === null) break;
        if (found !== '') unseen.push(found);
      }
      expect(stops).toBeGreaterThan(4);
      expect(unseen).toEqual([]);
    });
  });

  test('what is selected is copied as text, hex, filter and JSON', async () => {
    await use(
      async ({ page }) => {
        await open(page, article, 'view=packets&frame=12');
        await page.click('.tree [data-name="tpkt.length"]');
        const copied = async (label: string): Promise<string> => {
          await page.click(`.copies button:has-text("${label}")`);
          await page.waitForFunction(() =>
            document.querySelector('footer [role=status]')?.textContent?.includes('copied'),
          );
          return page.evaluate(() => navigator.clipboard.readText());
        };
        expect(await copied('text')).toBe('Length: 14');
        expect(await copied('hex')).toBe('00 0e');
        expect(await copied('filter')).toBe('tpkt.length == 14');
        expect(JSON.parse(await copied('JSON'))).toMatchObject({ name: 'tpkt.length', value: 14, start: 56, end: 58 });
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
  });

  test.skipIf(!tsharkAvailable())('what is copied as a filter finds its frame in tshark', async () => {
    const CASES = [
      ['activity-discarded.pcap', 8, 'cotp.eot', 'cotp.eot == 1'],
      ['activity-discarded.pcap', 8, 'pres.abstract_syntax_name', 'pres.abstract_syntax_name == 2.2.1.0.1'],
      ['activity-discarded.pcap', 70, 'p1.per_recipient_indicators', 'p1.per_recipient_indicators == 0xa8'],
      ['activity-discarded.pcap', 70, 'p1.local_identifier', 'p1.local_identifier == "980616.0900.001"'],
      // Not as a filter has it, or longer than one may be.
      ['activity-discarded.pcap', 4, 'cotp.tpdu_size', 'frame.number == 4'],
      ['activity-discarded.pcap', 70, 'p22.ia5text.data', 'frame.number == 70'],
      ['ipv6.pcap', 4, 'ipv6.src', 'ipv6.src == 2001:db8::21'],
    ] as const;
    for (const [capture, frame, name, filter] of CASES) {
      const file = join(ROOT, 'captures', capture);
      const url = writeReport([file], join(place.path, 'filters.html'));
      await use(
        async ({ page }) => {
          await open(page, url, `view=packets&frame=${frame}`);
          await page.waitForSelector('.tree [role=treeitem]');
          const line = page.locator(`.tree [data-name="${name}"]`).first();
          await page.focus('.tree');
          // Layers that are closed at first are opened from the top.
          await page.keyboard.press('Home');
          for (let i = 0; i < 400 && (await line.count()) === 0; i++) {
            await page.keyboard.press('ArrowRight');
            await page.keyboard.press('ArrowDown');
          }
          await line.click();
          await page.click('.copies button:has-text("filter")');
          await page.waitForFunction(() => /copied/.test(document.querySelector('footer [role=status]')!.textContent!));
          expect(await page.evaluate(() => navigator.clipboard.readText()), name).toBe(filter);
        },
        { permissions: ['clipboard-read', 'clipboard-write'] },
      );
      const found = tsharkFields(file, ['frame.number'], [], filter).map(row => row['frame.number']![0]);
      expect(found, filter).toContain(String(frame));
    }
  });

  test.each([
    ['gap.pcap', 'note', '· No illegal buffer request'],
    ['midstream.pcap', 'note', '? No illegal buffer request'],
    ['clean-association.pcap', 'ok', '✔ No illegal buffer request'],
  ])('the verdict of %s is of class %s: %s', async (name, kind, heading) => {
    const url = writeReport([join(ROOT, 'captures', name)], join(place.path, `${name}.html`));
    await use(async ({ page }) => {
      await open(page, url);
      await page.waitForSelector(`.verdict.${kind}`);
      expect(await page.textContent('h1')).toBe(heading);
    });
  });

  test('an event leads to the frame that it is known by first', async () => {
    const url = writeReport([join(ROOT, 'captures', 'refused-connect.pcap')], join(place.path, 'refused.html'));
    await use(async ({ page }) => {
      await open(page, url);
      await page.waitForSelector('.verdict.warning');
      expect(await page.$$eval('.actions .primary', nodes => nodes.map(n => n.textContent))).toEqual([
        'Show frame 8',
        'Show frame 1',
        'Show frame 2',
      ]);
    });
  });

  test('what is completed is what stands at the caret, and keys go only to what is offered', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets');
      await page.fill('#filter', '');
      await page.type('#filter', 'p');
      const offered = await page.locator('#completions li').count();
      expect(offered).toBe(12);
      for (let i = 0; i <= offered; i++) await page.keyboard.press('ArrowDown');
      // Round, and at the first one again.
      expect(await page.getAttribute('#filter', 'aria-activedescendant')).toBe('completion-0');
      await page.fill('#filter', 'tpk && cotp');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Home');
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('#completions li');
      const names = await page.$$eval('#completions code', nodes => nodes.map(n => n.textContent));
      expect(names.every(name => name?.startsWith('tpkt'))).toBe(true);
    });
  });

  test('an address that names what is not there shows so, and hides nothing in it', async () => {
    await use(async ({ page }) => {
      await open(page, article, 'view=packets&frame=79');
      await page.waitForSelector('.hint:has-text("There is no frame 79: the capture has 78 frames.")');
      await open(page, article, 'view=packets&frame=76&mark=0.9-3.');
      await page.waitForSelector('.named:has-text("Nothing selected")');
      await open(page, article, `view=packets&filter=${encodeURIComponent('a\u202e<script')}`);
      await page.waitForSelector('#filter-error code');
      expect(await page.textContent('#filter-error')).not.toContain('\u202e');
    });
  });

  test('those who hear the page are told how grave a finding is, and which octets were taken', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      await page.waitForSelector('#findings');
      expect(await page.getByRole('button', { name: 'Show error 9404 at frame 76' }).count()).toBe(1);
      expect(await page.getByRole('button', { name: /taken for a header$/ }).count()).toBe(4);
      expect(await page.getByRole('button', { name: /header as sent$/ }).count()).toBe(3);
    });
  });

  describe.each([1280, 400])('at %i pixels', width => {
    test.each(['light', 'dark'] as const)('in %s, axe-core finds nothing and nothing is cut off', async colorScheme => {
      await use(
        async ({ page }) => {
          for (const view of VIEWS) {
            await open(page, article, `view=${view}&frame=76&stream=1&mark=0.57-61.`);
            await page.waitForSelector(`section.${view}`);
            await page.waitForTimeout(250);
            await expectAccessible(page, `${view}, ${width}, ${colorScheme}`);
            const over = await page.evaluate(
              () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
            );
            expect(over, `${view} is wider than the window`).toBeLessThanOrEqual(0);
          }
        },
        { viewport: { width, height: 900 }, colorScheme },
      );
    });
  });

  test.each([390, 320])('at %i pixels every tab and every value of a table is on the screen', async width => {
    await use(
      async ({ page }) => {
        for (const view of ['overview', 'messages']) {
          await open(page, article, `view=${view}`);
          await page.waitForSelector(`section.${view} td`);
          const outside = await page.$$eval(
            '.tabs button, .sorttable td, .sorttable th',
            (nodes, room) =>
              nodes
                .filter(n => n.getBoundingClientRect().left < 0 || n.getBoundingClientRect().right > room)
                .map(n => n.textContent),
            width,
          );
          expect(outside, view).toEqual([]);
        }
        expect(await page.isVisible('td[data-head=Transfer] >> nth=2')).toBe(true);
        // As blocks the rows are still rows of a table to those who hear them.
        const roles = await page.locator('#messages').ariaSnapshot();
        expect(roles).toContain('columnheader "Transfer"');
        expect(roles).toMatch(/cell "\? damaged: /);
        expect(await page.locator('#messages tbody th[scope=row]').count()).toBe(3);
      },
      { viewport: { width, height: 844 } },
    );
  });

  test('transfers and ends have the words and marks that the command line has', async () => {
    const cells = async (name: string, table: string, head: string, view = 'messages'): Promise<(string | null)[]> => {
      let out: (string | null)[] = [];
      const url = writeReport([join(ROOT, 'captures', name)], join(place.path, `${name}.html`));
      await use(async ({ page }) => {
        await open(page, url, `view=${view}`);
        await page.waitForSelector(`#${table} tbody`);
        out = await page.$$eval(`#${table} [data-head="${head}"]`, nodes => nodes.map(n => n.textContent));
      });
      return out;
    };
    const transfers = (name: string) => cells(name, 'messages', 'Transfer');
    expect((await transfers('clean-association.pcap'))[0]).toMatch(/^✔ complete: report in frame \d+$/);
    expect(await transfers('gap.pcap')).toEqual([expect.stringMatching(/^\? damaged: /)]);
    expect((await transfers('activity-discarded.pcap'))[0]).toMatch(/^! discarded: /);
    expect((await cells('activity-resumed.pcap', 'associations', 'Ended'))[0]).toBe(
      '! the transport connection was reset',
    );
    expect(await cells('clean-association-1984.pcap', 'associations', 'Mode')).toEqual(['X.410-1984']);
    expect(await cells('q182619-5.0.pcap', 'streams', 'Ended', 'overview')).toEqual(['refused', 'RST']);
  });

  test('in forced colours, what is selected and marked is still told apart', async () => {
    await use(
      async ({ page }) => {
        await open(page, article, 'view=packets&frame=76&stream=1&mark=0.57-61.');
        await page.waitForSelector('.octets .o.m');
        const look = (selector: string): Promise<string[]> =>
          page.$eval(selector, node => {
            const { color, backgroundColor } = getComputedStyle(node);
            return [color, backgroundColor];
          });
        const plain = await look('#packet-70');
        for (const selector of ['.row.selected', '.line.selected', '.octets .o.m', '#tab-packets']) {
          const [ink, ground] = await look(selector);
          expect(ground, selector).not.toBe(plain[1]);
          expect(ink, selector).not.toBe(ground);
        }
        expect(await look('.hex .row.selected .o:not(.m)')).toEqual(await look('.hex .row:not(.selected) .o'));
      },
      { forcedColors: 'active' },
    );
  });

  test('what ICMP says of a SYN comes from the router, not from the server', async () => {
    const url = writeReport([join(ROOT, 'captures', 'host-unreachable.pcap')], join(place.path, 'icmp.html'));
    await use(async ({ page }) => {
      await open(page, url, 'view=ladder&stream=0');
      await page.waitForSelector('#rung-1');
      expect(await page.textContent('#rung-1 .label')).toMatch(/to the client: 9215: from 192\.0\.2\.65: Destination/);
      expect(await page.textContent('#rung-0 .label')).toMatch(/client to server: 9215: 1082 → 102/);
    });
  });

  test('several captures in one page', async () => {
    const url = writeReport(
      ['q182619-5.0.pcap', 'clean-association.pcap'].map(name => join(ROOT, 'captures', name)),
      join(place.path, 'two.html'),
    );
    await use(async ({ page }) => {
      await open(page, url);
      await page.selectOption('select.capture', '1');
      await page.waitForSelector('.verdict.ok');
      await page.goBack();
      await page.waitForSelector('.verdict.error');
      await page.goForward();
      await page.waitForSelector('.verdict.ok');
      await page.click('#tab-packets');
      await page.click('#packet-5');
      await page.waitForSelector('.tree [role=treeitem]');
    });
  });

  test('prints without its controls', async () => {
    await use(async ({ page }) => {
      await open(page, article);
      await page.emulateMedia({ media: 'print' });
      expect(await page.isVisible('.tabs')).toBe(false);
      expect(await page.isVisible('.verdict')).toBe(true);
      // What was chosen for the screen is not for paper.
      await page.emulateMedia({ media: 'screen' });
      const ink = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).color);
      const light = await ink();
      await page.click('.theme');
      await page.click('.theme');
      await page.waitForSelector(':root[data-theme=dark]');
      expect(await ink()).not.toBe(light);
      await page.emulateMedia({ media: 'print' });
      expect(await ink()).toBe(light);
    });
  });
});

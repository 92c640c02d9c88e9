import { launch } from './browser.ts';

const [url, out, w, h, scheme, full, ...steps] = process.argv.slice(2);
const b = await launch();
const p = await b.newPage({ viewport: { width: +w!, height: +h! }, colorScheme: scheme as 'light' });
p.on('console', m => console.log('console', m.type(), m.text()));
p.on('pageerror', e => console.log('pageerror', e.stack));
p.on('request', r => {
  if (!r.url().startsWith('file:') && !r.url().startsWith('data:') && !r.url().startsWith('http://127'))
    console.log('request', r.url());
});
const t = Date.now();
await p.goto(url!);
await p.waitForSelector('.page');
console.log('open', Date.now() - t, 'ms');
for (const s of steps) await p.evaluate(s);
await p.waitForTimeout(600);
await p.screenshot({ path: out!, fullPage: full === 'full' });
await b.close();

// A line chart as SVG that reads the same on light and dark pages.
const W = 640;
const H = 320;
const LEFT = 64;
const RIGHT = 24;
const TOP = 40;
const BOTTOM = 52;

/** `points` are [x, y] in ascending x; both axes begin at 0. */
export function chart(title, xLabel, yLabel, points) {
  const maxX = Math.max(...points.map(p => p[0]));
  const maxY = Math.max(...points.map(p => p[1])) * 1.1 || 1;
  const x = v => LEFT + ((W - LEFT - RIGHT) * v) / maxX;
  const y = v => H - BOTTOM - ((H - TOP - BOTTOM) * v) / maxY;
  const number = v => (v >= 100 ? Math.round(v).toLocaleString('en-US') : v >= 10 ? v.toFixed(0) : v.toPrecision(2));
  const grid = [0, 0.25, 0.5, 0.75, 1]
    .map(part => {
      const at = y(maxY * part).toFixed(1);
      return `<line x1="${LEFT}" y1="${at}" x2="${W - RIGHT}" y2="${at}" stroke="#888" stroke-opacity=".3"/><text x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${number(maxY * part)}</text>`;
    })
    .join('\n');
  const marks = points
    .map(
      ([px, py]) =>
        `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="4" fill="#2a78d6"/><text x="${x(px).toFixed(1)}" y="${H - BOTTOM + 18}" text-anchor="middle">${number(px)}</text>`,
    )
    .join('\n');
  const line = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join(' ');
  const table = points.map(([px, py]) => `${number(px)} ${xLabel}: ${number(py)} ${yLabel}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#777">
<title>${title}</title>
<desc>${table}</desc>
<text x="${LEFT}" y="20" font-size="14" font-weight="600">${title}</text>
${grid}
<path d="${line}" fill="none" stroke="#2a78d6" stroke-width="2"/>
${marks}
<text x="${(W + LEFT - RIGHT) / 2}" y="${H - 10}" text-anchor="middle">${xLabel}</text>
<text x="16" y="${H / 2}" text-anchor="middle" transform="rotate(-90 16 ${H / 2})">${yLabel}</text>
</svg>
`;
}

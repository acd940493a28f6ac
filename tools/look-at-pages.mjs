// look-at-pages FOLDER PAGE... - see tools/check-pages. CHROMIUM: the browser; NPM: where axe-core and puppeteer-core are.
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';
const require = createRequire(process.env.NPM + '/');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [, , folder, ...pages] = process.argv;
const looks = [[360, 'light'], [360, 'dark'], [800, 'light'], [1400, 'light'], [1400, 'dark']];
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
let bad = 0;
for (const file of pages) {
  const name = path.basename(file, '.html');
  for (const [width, scheme] of looks) {
    const page = await browser.newPage();
    const said = [];
    page.on('console', (message) => said.push(message.text())); // what the policy refuses is said here
    await page.setBypassCSP(false);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto('file://' + path.resolve(file));
    const refused = said.length;
    await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run(document));
    const broken = refused + violations.length + (wide > width ? 1 : 0);
    bad += broken;
    if (broken) console.log(name, width, scheme, wide > width ? `scrolls sideways, ${wide}` : '', said.slice(0, 3).join('; '),
                            violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 100)}`).join('; '));
    await page.close();
  }
  const page = await browser.newPage();
  await page.goto('file://' + path.resolve(file));
  await page.pdf({ path: `${folder}/${name}.pdf`, preferCSSPageSize: true, printBackground: true });
  await page.close();
}
await browser.close();
console.log(`${pages.length} pages in ${looks.length} looks: ${bad} faults`);
process.exit(bad ? 1 : 0);

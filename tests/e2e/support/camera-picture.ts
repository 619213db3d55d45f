import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'qrcode';

const [WIDTH, HEIGHT] = [640, 480];
const MODULE_PX = 8;
const FRAMES = 4;

/** A film (YUV4MPEG2) that shows a QR code and nothing else, for Chromium's false camera. */
export function filmOfQrCode(text: string): string {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const picture = Buffer.alloc(WIDTH * HEIGHT, 235);
  const size = modules.size * MODULE_PX;
  const [left, top] = [Math.floor((WIDTH - size) / 2), Math.floor((HEIGHT - size) / 2)];
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1) {
      if (!modules.get(row, column)) continue;
      for (let y = 0; y < MODULE_PX; y += 1) {
        const from = (top + row * MODULE_PX + y) * WIDTH + left + column * MODULE_PX;
        picture.fill(16, from, from + MODULE_PX);
      }
    }
  const colours = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const file = join(mkdtempSync(join(tmpdir(), 'camera-')), 'code.y4m');
  const frame = Buffer.concat([Buffer.from('FRAME\n'), picture, colours]);
  writeFileSync(
    file,
    Buffer.concat([
      Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420mpeg2\n`),
      ...Array.from({ length: FRAMES }, () => frame),
    ]),
  );
  return file;
}

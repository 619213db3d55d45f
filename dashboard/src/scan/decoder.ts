/** Reads the codes in a picture. */
export interface Decoder {
  detect(picture: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]>;
}
type Format = 'qr_code' | 'data_matrix' | 'code_128' | 'ean_13';
interface NativeDetector {
  new (options: { formats: readonly Format[] }): Decoder;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Labels of goods: Digital Links in QR codes, element strings in Data Matrix and Code 128; EAN to tell that it names no item. */
const FORMATS: readonly Format[] = ['qr_code', 'data_matrix', 'code_128', 'ean_13'];

/** The browser's own detector where it reads all of them, else the one in WebAssembly, which this server serves itself. */
export async function createDecoder(): Promise<Decoder> {
  const { BarcodeDetector: Native } = globalThis as { BarcodeDetector?: NativeDetector };
  const native = (await Native?.getSupportedFormats()) ?? [];
  if (Native !== undefined && FORMATS.every((format) => native.includes(format)))
    return new Native({ formats: FORMATS });
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasm }] = await Promise.all([
    import('barcode-detector/ponyfill'),
    import('zxing-wasm/reader/zxing_reader.wasm?url'),
  ]);
  prepareZXingModule({
    overrides: {
      locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm : prefix + path),
    },
  });
  return new BarcodeDetector({ formats: [...FORMATS] });
}

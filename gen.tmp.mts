// node --import tsx /tmp/x/wa-habits.mts PREFIX N DEALERS DAYS [rate] : caches habits
import { serialize } from 'node:v8'; import { writeFileSync, existsSync } from 'node:fs';
const R='/tmp/x/w-a/';
const { ChannelHabits } = await import(R+'bench/habits/channel-habits.ts');
const { Simulation } = await import(R+'simulator/flow/simulation.ts');
const { DEFAULTS } = await import(R+'simulator/options.ts');
const { DAY_MS, midnight } = await import(R+'simulator/time.ts');
const { readPrefectures } = await import(R+'sql/geo/load.ts');
const [prefix, n, dealers, days, from='1'] = process.argv.slice(2);
const end_ms = midnight(Date.parse('2026-11-28T00:00:00Z'));
for (let i=Number(from);i<=Number(n);i++){
  const file=`/tmp/x/wa-hab/${prefix}.${i}-${dealers}-${days}.v8`;
  if (existsSync(file)) continue;
  const t=performance.now();
  const sim=new Simulation({...DEFAULTS,...(process.env.RATE?{injection_rate:+process.env.RATE}:{}),seed:`${prefix}.${i}`,dealers:+dealers,days:+days,start_ms:end_ms-+days*DAY_MS},readPrefectures(undefined));
  const ch=new ChannelHabits(end_ms);
  let k=0; for(const e of sim.until(end_ms)){ch.add(e);k++}
  const h=ch.habits();
  writeFileSync(file,serialize({habits:h,truths:sim.truth(),shelves:[...(sim as any).world.dealers].map((d:any)=>({dealer_id:d.dealer_id,tier:d.tier,daily_units:d.daily_units}))}));
  console.log(file,k,'events',h.orders.length,'series',h.shipped.length,'shipped',((performance.now()-t)/1000).toFixed(1)+'s',Math.round(process.memoryUsage().rss/1e6)+'MB');
}

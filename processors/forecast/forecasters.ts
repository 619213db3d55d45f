import type { Forecaster } from '../../models/forecast/forecaster.ts';
import { GLOBAL_NETWORK, globalNetwork } from '../../models/forecast/network/global-network.ts';
import { FORECASTERS, forecasterById } from '../../models/forecast/registry.ts';
import { loadTensorFlow } from './tensorflow.ts';

/** All methods by id: those that run unless others are asked for, and the network, which needs TensorFlow.js and takes longer. */
export const FORECASTER_IDS: readonly string[] = [...FORECASTERS.map(({ id }) => id), GLOBAL_NETWORK];
export const DEFAULT_FORECASTER_IDS: readonly string[] = FORECASTERS.map(({ id }) => id);

let network: Promise<Forecaster> | null = null;

/** A method, ready to run in this thread; TensorFlow.js is started once, and only when the network is asked for. */
export function loadForecaster(id: string): Promise<Forecaster> {
  if (id !== GLOBAL_NETWORK) return Promise.resolve(forecasterById(id));
  network ??= loadTensorFlow().then(({ tf }) => globalNetwork(tf) as Forecaster);
  return network;
}

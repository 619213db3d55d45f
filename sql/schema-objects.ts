/**
 * Functions, views and dictionaries in the order of their dependencies, relative to `sql/`. Each is applied again
 * whenever its rendered text changes; each statement must be CREATE OR REPLACE. A new one is its file and one line here.
 */
export const SCHEMA_OBJECTS: readonly string[] = [
  'functions/wgs84-to-gcj02.sql',
  'functions/gcj02-to-wgs84.sql',
  'functions/gcj02-to-bd09.sql',
  'functions/bd09-to-gcj02.sql',
  'functions/adcode-within.sql',
  'functions/point-in-geojson.sql',
  'functions/in-territory.sql',
  'core/dealers.sql',
  'core/products.sql',
  'core/territories.sql',
  'core/prices.sql',
  'core/promotions.sql',
  'core/rebate-programs.sql',
  'dictionaries/dealer-versions.sql',
  'dictionaries/product-versions.sql',
  'dictionaries/territory-versions.sql',
  'dictionaries/price-versions.sql',
  'dictionaries/prefecture-polygons.sql',
  'core/orders.sql',
  'core/scans.sql',
  'core/stock.sql',
  'core/money.sql',
  'core/activity.sql',
  'core/case-transitions.sql',
];

/** Dictionaries over reference data. A program that must see a version it has just written reloads them first. */
export const REFERENCE_DICTIONARIES = [
  'raw_dealer_versions',
  'raw_product_versions',
  'raw_territory_versions',
  'raw_price_versions',
] as const;

"""Forecasts of the peers on a long CSV panel, each origin by itself: AutoETS, AutoTheta and CrostonSBA of statsforecast, and
LightGBM with one model for the mean and one for each quantile. Writes series_id,date,origin,mean,p10,p50,p90,p95 for each
model and the wall time of each to times.json. Quantiles of the statistical models are their own prediction intervals.
"""
import argparse
import json
import os
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, AutoTheta, CrostonSBA, Naive

LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9, "p95": 0.95}


def read_panel(path, freq, gaps):
    """A dense table series × date from each series' first sale to the panel's last date; demand out of stock is missing, and a date
    without a row what ours takes it for."""
    rows = pd.read_csv(path, dtype={"series_id": str})
    rows["date"] = pd.to_datetime(rows["date"])
    if "in_stock" in rows:
        rows.loc[rows["in_stock"] == 0, "qty"] = np.nan
    step = pd.Timedelta(days=7 if freq == "W" else 1)
    dates = pd.date_range(rows["date"].min(), rows["date"].max(), freq=step)
    cells = pd.MultiIndex.from_product([rows["series_id"].unique(), dates], names=["series_id", "date"])
    stated = pd.MultiIndex.from_frame(rows[["series_id", "date"]])
    rows = rows.set_index(["series_id", "date"]).reindex(cells)
    rows.loc[~rows.index.isin(stated), "qty"] = 0.0 if gaps == "zero" else np.nan
    rows = rows.reset_index().sort_values(["series_id", "date"])
    known = [c for c in rows if c not in ("series_id", "date", "qty", "in_stock")]
    rows[known] = rows.groupby("series_id")[known].ffill()
    first = rows[rows["qty"] > 0].groupby("series_id")["date"].min().rename("first")
    rows = rows.merge(first, on="series_id")
    return rows[rows["date"] >= rows["first"]].drop(columns="first").reset_index(drop=True)


def statistical(rows, origin, h, season, step, threads):
    """Each statistical model apart, so that each has its own time. Missing demand is taken as the last known."""
    history = rows[rows["date"] <= origin].rename(columns={"series_id": "unique_id", "date": "ds", "qty": "y"})
    history = history[["unique_id", "ds", "y"]].copy()
    history["y"] = history.groupby("unique_id")["y"].ffill().fillna(0.0)
    for model in (AutoETS(season_length=season), AutoTheta(season_length=season), CrostonSBA()):
        started = time.perf_counter()
        alias = "D" if step.days == 1 else "W-" + origin.strftime("%a").upper()
        engine = StatsForecast(models=[model], freq=alias, n_jobs=threads, fallback_model=Naive())
        name = str(model)
        # Central intervals of 80 % and 90 % end at p10, p90 and p95.
        levels = None if name == "CrostonSBA" else [80, 90]
        out = engine.forecast(df=history, h=h, level=levels)
        table = pd.DataFrame({"series_id": out["unique_id"], "date": out["ds"], "mean": out[name]})
        table["p50"] = out[name]
        for column, source in {"p10": "lo-80", "p90": "hi-80", "p95": "hi-90"}.items():
            table[column] = out[f"{name}-{source}"] if levels else out[name]
        yield name, table, time.perf_counter() - started


def lightgbm_features(rows, h, season, future, freq):
    """Lags and rolling figures that lie at least h periods back, calendar, known-future columns and static categories."""
    table = rows.copy()
    series = table.groupby("series_id")["qty"]
    lags = [h, h + 1, h + 2, h + season, h + 2 * season] + ([h - h % 7 + 7 * k for k in (1, 2, 3)] if freq == "D" else [])
    for lag in sorted(set(lags)):
        table[f"lag_{lag}"] = series.shift(lag)
    shifted = series.shift(h)
    by_series = shifted.groupby(table["series_id"])
    for window in (7, 14, 28, 56, 112) if freq == "D" else (2, 4, 8, 13, 26):
        table[f"mean_{window}"] = by_series.transform(lambda s, w=window: s.rolling(w, min_periods=1).mean())
        if window > 2:
            table[f"std_{window}"] = by_series.transform(lambda s, w=window: s.rolling(w, min_periods=2).std())
    table["zero_share"] = by_series.transform(lambda s: (s == 0).rolling(56, min_periods=1).mean())
    table["weekday"], table["day"] = table["date"].dt.dayofweek, table["date"].dt.day
    table["month"], table["week"] = table["date"].dt.month, table["date"].dt.isocalendar().week.astype(int)
    table["series_code"] = table["series_id"].astype("category").cat.codes
    names = [c for c in table if c.startswith(("lag_", "mean_", "std_"))]
    names += ["zero_share", "weekday", "day", "month", "week", "series_code"]
    known = [c for c in rows if c not in ("series_id", "date", "qty", "in_stock")]
    static = [c for c in known if rows.groupby("series_id")[c].nunique(dropna=False).max() == 1]
    for column in [c for c in known if c in future or c in static]:
        if not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = table[column].astype("category")
        elif column == "price":
            table["price_ratio"] = table[column] / table.groupby("series_id")[column].transform(
                lambda s: s.rolling(56, min_periods=1).mean()
            )
            names.append("price_ratio")
        names.append(column)
    return table, names


def lightgbm_heads(rows, origin, h, season, future, freq, threads):
    started = time.perf_counter()
    step = pd.Timedelta(days=7 if freq == "W" else 1)
    visible = rows[rows["date"] <= origin + h * step].copy()
    visible.loc[visible["date"] > origin, "qty"] = np.nan
    table, names = lightgbm_features(visible, h, season, future, freq)
    train = table[(table["date"] <= origin) & table["qty"].notna() & table[f"lag_{h}"].notna()]
    target = table[table["date"] > origin]
    common = dict(n_estimators=300, learning_rate=0.06, num_leaves=63, min_child_samples=50, subsample=0.7)
    common |= dict(subsample_freq=1, colsample_bytree=0.6, n_jobs=threads, random_state=1, verbosity=-1)
    out = target[["series_id", "date"]].copy()
    mean = lgb.LGBMRegressor(objective="tweedie", tweedie_variance_power=1.3, **common)
    out["mean"] = mean.fit(train[names], train["qty"]).predict(target[names])
    for column, level in LEVELS.items():
        model = lgb.LGBMRegressor(objective="quantile", alpha=level, **common)
        out[column] = np.maximum(0, model.fit(train[names], train["qty"]).predict(target[names]))
    return "LightGBM", out, time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", required=True)
    parser.add_argument("--freq", choices=["D", "W"], required=True)
    parser.add_argument("--h", type=int, required=True)
    parser.add_argument("--origins", required=True, help="dates, comma-separated")
    parser.add_argument("--season", type=int, required=True)
    parser.add_argument("--future", default="")
    parser.add_argument("--gaps", choices=["zero", "missing"], required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", default="AutoETS,AutoTheta,CrostonSBA,LightGBM")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    rows = read_panel(options.file, options.freq, options.gaps)
    step = pd.Timedelta(days=7 if options.freq == "W" else 1)
    future = [c for c in options.future.split(",") if c]
    tables, times = {}, {}
    for text in options.origins.split(","):
        origin = pd.Timestamp(text)
        results = list(statistical(rows, origin, options.h, options.season, step, options.threads)) if "Auto" in options.models else []
        results.append(lightgbm_heads(rows, origin, options.h, options.season, future, options.freq, options.threads))
        for name, table, seconds in results:
            table["origin"] = origin
            tables.setdefault(name, []).append(table)
            times.setdefault(name, []).append(seconds)
    os.makedirs(options.out, exist_ok=True)
    for name, parts in tables.items():
        pd.concat(parts).to_csv(os.path.join(options.out, f"{name}.csv"), index=False, date_format="%Y-%m-%d")
    with open(os.path.join(options.out, "times.json"), "w", encoding="utf8") as file:
        json.dump(times, file)


if __name__ == "__main__":
    main()

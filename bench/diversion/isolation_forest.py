"""Scores of scikit-learn's IsolationForest for the rows of a CSV file of numbers: the higher, the stranger.

usage: isolation_forest.py FEATURES.csv SCORES.txt
"""

import sys

import numpy
from sklearn.ensemble import IsolationForest

SEED = 7
TREES = 200


def main() -> None:
    source, target = sys.argv[1:]
    features = numpy.loadtxt(source, delimiter=",", ndmin=2)
    # Distances, hours and speeds span magnitudes; without this the trees would cut among the largest alone.
    features = numpy.log1p(numpy.maximum(features, 0))
    forest = IsolationForest(n_estimators=TREES, random_state=SEED, n_jobs=-1).fit(features)
    numpy.savetxt(target, -forest.score_samples(features), fmt="%.9f")


if __name__ == "__main__":
    main()

dist_pkgdata_DATA += data/tags.csv data/errors.csv

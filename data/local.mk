dist_pkgdata_DATA += data/tags.csv

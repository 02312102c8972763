dist_pkgdata_DATA += data/tags.csv data/errors.csv data/funnels.txt

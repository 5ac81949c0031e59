# Tables that Debian packages bring, as CSV files: MovieLens latest-small of 2016 (r-cran-dslabs), series of R's own
# (r-base-core), lending and churn (r-cran-modeldata), Titanic and wine (python3-sklearn), German credit (weka):
# Rscript data.R <folder> [<folder in which the last two were unpacked>]
folder <- commandArgs(trailingOnly = TRUE)[1]
unpacked <- commandArgs(trailingOnly = TRUE)[2]
for (name in c("movielens", "series", "tables")) dir.create(file.path(folder, name), recursive = TRUE, showWarnings = FALSE)

data(movielens, package = "dslabs")
write.csv(movielens[, c("userId", "movieId", "rating", "timestamp")],
          file.path(folder, "movielens", "ratings.csv"), row.names = FALSE)
write.csv(unique(movielens[, c("movieId", "title", "genres")]),
          file.path(folder, "movielens", "movies.csv"), row.names = FALSE)

series <- function(x, name) {
  year <- floor(time(x) + 1e-6)
  month <- round((time(x) - year) * 12) + 1
  write.csv(data.frame(month = sprintf("%04d-%02d-01", year, month), value = as.numeric(x)),
            file.path(folder, "series", paste0(name, ".csv")), row.names = FALSE)
}
series(AirPassengers, "air-passengers")
series(sunspot.month, "sunspots")
series(nottem, "nottem")
series(co2, "co2")

table <- function(x, name) write.csv(x, file.path(folder, "tables", paste0(name, ".csv")), row.names = FALSE, na = "")
data(lending_club, wa_churn, package = "modeldata")
table(lending_club, "lending_club")
table(wa_churn, "wa_churn")
if (!is.na(unpacked)) {
  arff <- function(file) {
    lines <- readLines(file)
    names <- sub("^@attribute +['\"]?([A-Za-z_.0-9]+).*", "\\1", grep("^@attribute", lines, value = TRUE, ignore.case = TRUE),
                 ignore.case = TRUE)
    rows <- lines[-seq_len(grep("^@data", lines, ignore.case = TRUE))]
    read.csv(text = rows[!grepl("^(%.*)?$", rows)], header = FALSE, quote = "'\"", na.strings = "?", strip.white = TRUE,
             col.names = names)
  }
  sklearn <- file.path(unpacked, "usr/lib/python3/dist-packages/sklearn/datasets")
  table(arff(gzfile(file.path(sklearn, "tests/data/openml/id_40945/data-v1-dl-16826755.arff.gz"))), "titanic")
  table(arff(file.path(unpacked, "usr/share/doc/weka/examples/credit-g.arff")), "german_credit")
  wine <- read.csv(file.path(sklearn, "data/wine_data.csv"), skip = 1, header = FALSE)
  names(wine) <- c("alcohol", "malic_acid", "ash", "alcalinity", "magnesium", "phenols", "flavanoids",
                   "nonflavanoid_phenols", "proanthocyanins", "color", "hue", "od280", "proline", "cultivar")
  table(wine, "wine")
}

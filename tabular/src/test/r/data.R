# MovieLens latest-small of 2016 from R's package dslabs, and series of R's own, as CSV files:
# Rscript data.R <folder>
folder <- commandArgs(trailingOnly = TRUE)[1]
for (name in c("movielens", "series")) dir.create(file.path(folder, name), recursive = TRUE, showWarnings = FALSE)

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

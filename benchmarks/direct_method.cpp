// The direct method of Gillespie (1976) on a table of rates: one path at a time, rates of
// each state summed beforehand, an outcome found by walking along them. Rival of
// benchmarks/engine/escalation_sampled.py. Arguments: file, number of paths, seed.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

static uint64_t mix(uint64_t z) {  // splitmix64 (Steele, Lea and Flood 2014)
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

template <class T> static std::vector<T> take(FILE *file) {
  int64_t n;
  if (fread(&n, 8, 1, file) != 1) exit(2);
  std::vector<T> values(n);
  if (fread(values.data(), sizeof(T), n, file) != size_t(n)) exit(2);
  return values;
}

int main(int, char **words) {
  FILE *file = fopen(words[1], "rb");
  if (!file) return 2;
  auto ends = take<double>(file);
  auto regime = take<int64_t>(file), first = take<int64_t>(file);
  auto rate = take<double>(file), total = take<double>(file);
  auto target = take<int64_t>(file);
  auto start = take<int64_t>(file);
  const int64_t states = start[1];
  const long n_paths = atol(words[2]);
  const uint64_t seed = atol(words[3]);
  long war = 0, settled = 0;
  clock_t begin = clock();
  for (long path = 0; path < n_paths; path++) {
    uint64_t place = mix(seed + 0x9E3779B97F4A7C15ull * path);
    int64_t state = start[0];
    double hour = 0;
    size_t piece = 0;
    while (state < states && piece < ends.size()) {
      const int64_t row = regime[piece] * states + state;
      place += 0x9E3779B97F4A7C15ull;
      const double u = ((mix(place) >> 11) + 0.5) * 0x1p-53;
      hour -= log(u) / total[row];
      if (!(hour < ends[piece])) { hour = ends[piece++]; continue; }
      place += 0x9E3779B97F4A7C15ull;
      double v = ((mix(place) >> 11) + 0.5) * 0x1p-53 * total[row];
      int64_t k = first[row];
      while (k + 1 < first[row + 1] && v >= rate[k]) v -= rate[k++];
      state = target[k];
    }
    war += state == states;
    settled += state == states + 1;
  }
  printf("{\"war\": %ld, \"settled\": %ld, \"cpu_seconds\": %.6f, \"version\": \"%s\"}\n",
         war, settled, double(clock() - begin) / CLOCKS_PER_SEC, __VERSION__);
}

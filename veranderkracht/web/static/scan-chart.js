/** The chart of a scan's rounds: a radar, in the page's own colours. The table beside it says the same in words. */

const COLOURS = ["--vk-petrol", "--vk-ochre-line", "--vk-brick", "--vk-moss"];
const DASHES = [[], [8, 4], [3, 3], [12, 3, 3, 3]]; // told apart without colour too

/** Draw `series` (`{label, means}`, a mean null where there is none) over `themes`, on a scale up to `points`. */
export async function drawRounds(canvas, { themes, points, series }) {
  const { default: Chart } = await import("./vendor/chart.js"); // big, and most pages need none
  Chart.getChart(canvas)?.destroy();
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { color: colour("--vk-ink"), font: { family: style.fontFamily, size: 14 } };
  new Chart(canvas, {
    type: themes.length > 2 ? "radar" : "bar",
    data: {
      labels: themes,
      datasets: series.map(({ label, means }, place) => ({
        label,
        data: means,
        borderColor: colour(COLOURS[place]),
        backgroundColor: themes.length > 2 ? "transparent" : colour(COLOURS[place]),
        pointBackgroundColor: colour(COLOURS[place]),
        borderDash: DASHES[place],
        borderWidth: 2,
        spanGaps: true,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { position: "bottom", labels: { ...text, boxHeight: 1 } }, tooltip: { enabled: true } },
      scales:
        themes.length > 2
          ? {
              r: {
                min: 1,
                max: points,
                ticks: { stepSize: 1, color: colour("--vk-muted"), backdropColor: "transparent" },
                grid: { color: colour("--vk-line") },
                angleLines: { color: colour("--vk-line") },
                pointLabels: text,
              },
            }
          : { y: { min: 1, max: points, ticks: { stepSize: 1, color: colour("--vk-muted") } }, x: { ticks: text } },
    },
  });
}

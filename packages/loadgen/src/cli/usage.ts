/** What `--help` prints, and a wrong argument with it. */
export const USAGE = `Usage: npm run load -- [options]

Plays rooms with real WebRTC viewers, and says what they received.

Where to
  --url URL               server, default http://localhost:8080
  --room NAME             room to watch, default demo
  --whep URL              join by WHEP, at any server; {room} stands for the room
  --token TOKEN           bearer token for WHEP and WHIP

How many
  --viewers N             viewers, default 50
  --ramp TIME             over how long they come, default 0s: all at once
  --duration TIME         how long it goes on after that, default 10s
  --processes N           processes that share the viewers, default one for every 150
  --detail all|1/N        count every viewer's packets, or those of one in N (cheaper), default all
  --nack                  viewers ask for what is missing
  --churn TIME            viewers stay that long on average, leave and come again

Made broadcasts (VP8, stamped, so that the delay shows), by WHIP
  --broadcast             one, in --room
  --rooms N               one in each of N rooms load_1, load_2, ...
  --viewers-per-room M    in the place of --viewers
  --whip URL              WHIP endpoint of another server; {room} stands for the room
  --bitrate RATE          default 1.5M
  --fps N                 frames per second, default 30
  --gop TIME              from a key frame to the next, default 1s
  The credential: --token, or SPILLWAY_OPERATOR_TOKEN at --url.

Results
  --json FILE|-           all of it as JSON
  --html FILE             a report with charts

Limits; the exit code is 1 when one is missed
  --min-joined PART       viewers let in, such as 100%
  --p95-ttff TIME         time to the first complete key frame of 95 %, such as 1.5s
  --max-loss PART         lost packets, such as 0.1%
  --max-freezes N         freezes of all viewers together
  --p99-delay TIME        delay through the server of 99 % of the packets, such as 50ms

Exit code: 0 good, 1 a limit was missed or nobody received anything, 2 wrong arguments.
`;

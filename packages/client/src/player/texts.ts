import { type Language, type Translate, translator } from '../i18n.ts';

const en = {
  player: 'Live video',
  play: 'Play',
  pause: 'Pause',
  mute: 'Mute',
  unmute: 'Unmute',
  volume: 'Volume',
  quality: 'Quality',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  automatic: 'Auto',
  fullscreen: 'Full screen',
  exitFullscreen: 'Leave full screen',
  pictureInPicture: 'Picture in picture',
  statistics: 'Statistics',
  tapForSound: 'Tap for sound',
  tapToPlay: 'Tap to play',
  live: 'Live',
  connecting: 'Connecting…',
  queued: 'Many are joining.',
  queuedHint: 'Your place: {place}',
  sentAway: 'Full house.',
  sentAwayHint: 'Trying again in {seconds} s',
  offline: 'Offline',
  offlineHint: 'Starts by itself when it goes live.',
  interrupted: 'The broadcaster is reconnecting…',
  reconnecting: 'Connection lost. Reconnecting…',
  unsupported: 'This browser cannot decode {codec}.',
  unsupportedHint: 'The broadcaster was told. You hear the sound, if there is any.',
  audioOnly: 'Sound only',
  ended: 'Playback has ended',
  noAddress: 'No room to play',
  noAddressHint: 'The player needs the address of a room, such as https://host/watch/room.',
  latency: 'Latency from server',
  latencyValue: '{value} ms',
  bitrate: 'Bit rate',
  resolution: 'Resolution',
  frameRate: 'Frame rate',
  framesDropped: 'Frames dropped',
  packetLoss: 'Packets lost',
  codec: 'Codec',
  path: 'Path',
  pathUdp: 'UDP',
  pathTcp: 'TCP',
  pathRelay: 'TURN relay',
  unknown: '–',
};

export type PlayerText = keyof typeof en;

const zh: Record<PlayerText, string> = {
  player: '直播视频',
  play: '播放',
  pause: '暂停',
  mute: '静音',
  unmute: '取消静音',
  volume: '音量',
  quality: '画质',
  low: '低',
  medium: '中',
  high: '高',
  automatic: '自动',
  fullscreen: '全屏',
  exitFullscreen: '退出全屏',
  pictureInPicture: '画中画',
  statistics: '统计信息',
  tapForSound: '点击开启声音',
  tapToPlay: '点击播放',
  live: '直播',
  connecting: '正在连接…',
  queued: '正在加入的人很多。',
  queuedHint: '您的位置：第 {place} 位',
  sentAway: '目前已满员。',
  sentAwayHint: '{seconds} 秒后重试',
  offline: '未开播',
  offlineHint: '开播后将自动播放。',
  interrupted: '主播正在重新连接…',
  reconnecting: '连接已断开，正在重新连接…',
  unsupported: '此浏览器无法解码 {codec}。',
  unsupportedHint: '已通知主播。如有声音，仍可收听。',
  audioOnly: '仅声音',
  ended: '播放已结束',
  noAddress: '没有可播放的房间',
  noAddressHint: '播放器需要房间地址，例如 https://host/watch/room。',
  latency: '距服务器延迟',
  latencyValue: '{value} 毫秒',
  bitrate: '码率',
  resolution: '分辨率',
  frameRate: '帧率',
  framesDropped: '丢帧',
  packetLoss: '丢包率',
  codec: '编码',
  path: '网络路径',
  pathUdp: 'UDP',
  pathTcp: 'TCP',
  pathRelay: 'TURN 中继',
  unknown: '–',
};

export type PlayerTexts = Translate<PlayerText>;

/** The language that a `lang` attribute names, if there are texts in it. */
export function languageFrom(lang: string | null): Language | undefined {
  const [language] = (lang ?? '').toLowerCase().split('-');
  return language === 'zh' || language === 'en' ? language : undefined;
}

/** The player's texts in a language; by default the browser's. */
export function playerTexts(language?: Language): PlayerTexts {
  return translator({ en, zh }, language);
}

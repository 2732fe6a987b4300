// Sound: what is said on the line is spoken by the browser where it can; a call rings softly.

const LANGUAGES = { "cmn-CN": "zh-CN", "cmn-TW": "zh-TW", "yue-HK": "zh-HK" };
const CHINESE = /[\u4e00-\u9fff]/;
let audio = null;
let ringing = 0;

export const canSpeak = () => "speechSynthesis" in window && "SpeechSynthesisUtterance" in window;

export function say(text, language) {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = LANGUAGES[language] || language || (CHINESE.test(text) ? "zh-CN" : "en-US");
  window.speechSynthesis.speak(words);
}

export function silence() {
  if (canSpeak()) window.speechSynthesis.cancel();
}

// browsers allow sound only after the person has touched the page
export function ring(on) {
  if (on && !ringing) ringing = setInterval(chime, 3000);
  if (!on && ringing) {
    clearInterval(ringing);
    ringing = 0;
  }
}

function chime() {
  if (!("AudioContext" in window) || !navigator.userActivation?.hasBeenActive) return;
  audio = audio || new AudioContext();
  for (const [start, pitch] of [[0, 660], [0.22, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.05, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.2);
  }
}

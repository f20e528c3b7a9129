// Where the picture and the sound come from: camera and microphone, or a drawing and a tone.

export interface Source {
  readonly stream: MediaStream;
  /** Set if it is not what was asked for. */
  readonly note?: string;
}

/** A drawing and a tone for somebody of this name. */
export function openSynthetic(name: string): Source {
  const stream = drawing(name);
  for (const track of tone().getTracks()) stream.addTrack(track);
  return { stream };
}

/** Camera and microphone, or the synthetic stream where they are not to be had. */
export async function openCamera(name: string): Promise<Source> {
  try {
    // Undefined where the page is neither https nor on localhost.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) throw new Error("browsers allow a camera on https and localhost only");
    return { stream: await devices.getUserMedia({ video: { width: 640, height: 360 }, audio: true }) };
  } catch (error) {
    return { ...openSynthetic(name), note: `No camera (${(error as Error).message}): a drawn picture instead.` };
  }
}

export function closeStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The name's first letter, in a colour of its own, with rings that keep moving. */
function drawing(name: string): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  const paper = canvas.getContext("2d", { alpha: false })!;
  const hue = Array.from(name).reduce((sum, letter) => sum + letter.codePointAt(0)! * 47, 0) % 360;
  const stream = canvas.captureStream(30);
  const [track] = stream.getVideoTracks();

  const draw = (now: number): void => {
    if (track?.readyState === "ended") return;
    const sky = paper.createLinearGradient(0, 0, 640, 360);
    sky.addColorStop(0, `hsl(${hue} 55% 34%)`);
    sky.addColorStop(1, `hsl(${hue + 60} 60% 22%)`);
    paper.fillStyle = sky;
    paper.fillRect(0, 0, 640, 360);
    for (let ring = 0; ring < 4; ring++) {
      const age = (now / 3000 + ring / 4) % 1;
      circle(paper, 90 + 170 * age);
      paper.strokeStyle = `hsl(${hue + 30} 80% 80% / ${0.5 * (1 - age)})`;
      paper.lineWidth = 4;
      paper.stroke();
    }
    circle(paper, 88 + 4 * Math.sin(now / 400));
    paper.fillStyle = `hsl(${hue} 60% 46%)`;
    paper.fill();
    paper.fillStyle = "#fff";
    paper.font = "600 96px system-ui, 'DejaVu Sans', sans-serif";
    paper.textAlign = "center";
    paper.textBaseline = "middle";
    paper.fillText(name.trim().charAt(0).toUpperCase(), 320, 186);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  return stream;
}

function circle(paper: CanvasRenderingContext2D, radius: number): void {
  paper.beginPath();
  paper.arc(320, 180, radius, 0, 2 * Math.PI);
}

/** A soft tone that comes and goes. */
function tone(): MediaStream {
  const audio = new AudioContext();
  const swell = new OscillatorNode(audio, { frequency: 0.5 });
  const depth = new GainNode(audio, { gain: 0.02 });
  const volume = new GainNode(audio, { gain: 0.02 });
  const pitch = new OscillatorNode(audio, { frequency: 220 });
  const out = new MediaStreamAudioDestinationNode(audio);
  swell.connect(depth).connect(volume.gain);
  pitch.connect(volume).connect(out);
  swell.start();
  pitch.start();
  return out.stream;
}

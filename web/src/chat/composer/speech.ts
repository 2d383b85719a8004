// Speech to text: by the server where it offers that, else by the browser's own recognition.

/** The recognition that browsers offer; TypeScript's library does not know it. */
export interface Recognition {
    lang: string;
    continuous: boolean;
    interimResults: boolean;
    onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
    onerror: ((event: { error: string }) => void) | null;
    onend: (() => void) | null;
    start(): void;
    stop(): void;
    abort(): void;
}

type RecognitionConstructor = new () => Recognition;

export function recognitionOfBrowser(): RecognitionConstructor | undefined {
    type Names = "SpeechRecognition" | "webkitSpeechRecognition";
    const known = window as { [Name in Names]?: RecognitionConstructor };
    return known.SpeechRecognition ?? known.webkitSpeechRecognition;
}

export type SpeechProblem = "insecure" | "missing" | "refused" | "failed";

/** Why speech cannot work here at all, as far as that is known before it is tried. */
export function speechProblem(serverTranscribes: boolean): SpeechProblem | undefined {
    if (!window.isSecureContext) return "insecure";
    if (!serverTranscribes) return recognitionOfBrowser() === undefined ? "missing" : undefined;
    return navigator.mediaDevices === undefined || typeof MediaRecorder === "undefined" ? "missing" : undefined;
}

export interface Recording {
    /** Ends it and answers the sound. */
    finish: () => Promise<Blob>;
    cancel: () => void;
    /** How loud it is now, from 0 to 1. */
    level: () => number;
}

/** Records from the microphone. The sound stays in this page until it is sent to be written down, and is not kept. */
export async function record(): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const recorder = new MediaRecorder(stream);
    const pieces: Blob[] = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);

    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);

    const release = () => {
        stream.getTracks().forEach((track) => track.stop());
        void context.close();
    };
    recorder.start();
    return {
        finish: () => new Promise((resolve) => {
            recorder.onstop = () => {
                release();
                resolve(new Blob(pieces, { type: recorder.mimeType }));
            };
            recorder.stop();
        }),
        cancel: () => {
            recorder.onstop = null;
            recorder.stop();
            release();
        },
        level: () => {
            analyser.getFloatTimeDomainData(samples);
            const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
            return Math.min(1, Math.sqrt(power) * 5);
        },
    };
}

/** The site's own line icons on a grid of 20. Screen readers pass over them: the control around has a name. */
const shapes = {
    plus: "M10 4v12M4 10h12",
    search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17 17",
    panel:
        "M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5" +
        "h-11A1.5 1.5 0 0 1 3 14.5ZM8 4v12",
    sliders: "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
    send: "M10 16V4M5 9l5-5 5 5",
    stop: "M6 6h8v8H6z",
    microphone:
        "M10 3a2.5 2.5 0 0 0-2.5 2.5V10a2.5 2.5 0 0 0 5 0V5.5A2.5 2.5 0 0 0 10 3Z" +
        "M5 9.5a5 5 0 0 0 10 0M10 14.5V17",
    copy:
        "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7" +
        "a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7" +
        "a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z",
    check: "M4 10.5 8 14.5 16 6",
    speaker: "M4 8v4h2.5L10 15V5L6.5 8ZM13 7.5a3.5 3.5 0 0 1 0 5M15 5.5a6.5 6.5 0 0 1 0 9",
    again: "M16 10a6 6 0 1 1-1.8-4.3M16 3v3.5h-3.5",
    forward: "M4 5l5 5-5 5M11 5l5 5-5 5",
    edit:
        "M4 16l.8-3.6L13 4.2a1.4 1.4 0 0 1 2 0l.8.8a1.4 1.4 0 0 1 0 2L7.6 15.2Z" +
        "M11.5 5.7l2.8 2.8",
    left: "M12 5l-5 5 5 5",
    right: "M8 5l5 5-5 5",
    down: "M5 8l5 5 5-5",
    toBottom: "M10 4v11M5 10.5l5 5 5-5",
    more: "M5 10h.01M10 10h.01M15 10h.01",
    pin: "M7 3h6M8 3v5l-2.5 3h9L12 8V3M10 11v6",
    trash:
        "M4 6h12M8 6V4h4v2M5.5 6l.7 9.6a1.5 1.5 0 0 0 1.5 1.4h4.6" +
        "a1.5 1.5 0 0 0 1.5-1.4L14.5 6",
    close: "M5 5l10 10M15 5 5 15",
    share:
        "M10 12V3M6.5 6 10 2.8 13.5 6M5 9.5v6A1.5 1.5 0 0 0 6.5 17h7" +
        "a1.5 1.5 0 0 0 1.5-1.5v-6",
    download: "M10 3v9M6.5 9l3.5 3.5L13.5 9M4 16h12",
    settings:
        "M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10 2.8v2M10 15.2v2M2.8 10h2" +
        "M15.2 10h2M4.9 4.9l1.4 1.4M13.7 13.7l1.4 1.4M15.1 4.9l-1.4 1.4" +
        "M6.3 13.7l-1.4 1.4",
    gauge: "M3.5 14a6.8 6.8 0 1 1 13 0M10 12l3-4",
    signOut: "M8 4H5a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h3M12 6.5 15.5 10 12 13.5M15.5 10H8",
    warning: "M10 3.5 2.8 16h14.4ZM10 8.5v3.5M10 14h.01",
    link:
        "M8.5 11.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2l-.9.9M11.5 8.5" +
        "a3 3 0 0 0-4.2 0l-2.4 2.4a3 3 0 0 0 4.2 4.2l.9-.9",
    print:
        "M6 7V3h8v4M6 14H4.5A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7h11" +
        "A1.5 1.5 0 0 1 17 8.5v4a1.5 1.5 0 0 1-1.5 1.5H14M6 11.5h8V17H6Z",
    user: "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10ZM4 16.5a6 6 0 0 1 12 0",
    sun:
        "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5" +
        "M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1" +
        "M5.4 14.6l-1.1 1.1",
    moon: "M16 11.5A6.5 6.5 0 1 1 8.5 4a5.2 5.2 0 0 0 7.5 7.5Z",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
    return (
        <svg
            className="icon"
            width={size}
            height={size}
            viewBox="0 0 20 20"
            fill="none"
            stroke="currentColor"
            strokeWidth={name === "more" ? 2.4 : 1.6}
            strokeLinecap="round"
            strokeLinejoin="round"
            aria-hidden="true"
        >
            <path d={shapes[name]} />
        </svg>
    );
}

/** The llama of web/icon.svg without its ground, in the accent's colour. */
export function Logo({ size = 32 }: { size?: number }) {
    return (
        <svg className="logo" width={size} height={size} viewBox="11 3 46 61" aria-hidden="true">
            <path
                fill="currentColor"
                fillRule="evenodd"
                d={
                    "M15 64c1-9 4-15 4-25 0-5-1.5-8-1.5-12.5 0-5.5 2.3-9.5 5.7-11.5L21.6 6.6 " +
                    "c-.4-2.6 2.3-3.5 3.7-1.6l5 7.6c1-.1 2.1-.1 3.1.1l3.3-8c.9-2.1 3.6-1.7 3.8.6l.7 9.8" +
                    "c2 1.2 3.5 2.9 4.4 5 " +
                    "l5.6 1.8c3.2 1 4.8 3.6 4.2 6.3-.6 2.9-3 4.7-6.3 4.7h-4.6c-2.7 0-4 1.8-4 4.6 0 8 4.5 16 5 26.5z " +
                    "M37.5 19.6a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z"
                }
            />
        </svg>
    );
}

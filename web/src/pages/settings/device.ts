/** "Firefox · Windows" out of what a browser calls itself; undefined where it names neither. */
export function device(agent: string): string | undefined {
    // The order matters: most browsers claim to be Chrome and Safari as well.
    const browsers: [RegExp, string][] = [
        [/MicroMessenger\//, "WeChat"], [/Edg(e|A|iOS)?\//, "Edge"], [/OPR\//, "Opera"],
        [/Firefox\/|FxiOS\//, "Firefox"], [/HeadlessChrome\/|Chrome\/|CriOS\//, "Chrome"], [/Safari\//, "Safari"],
        [/^curl\//, "curl"],
    ];
    const systems: [RegExp, string][] = [
        [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/Windows/, "Windows"],
        [/Mac OS X|Macintosh/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"],
    ];
    const found = [browsers, systems].map((list) => list.find(([pattern]) => pattern.test(agent))?.[1]);
    return found.filter((name) => name !== undefined).join(" · ") || undefined;
}

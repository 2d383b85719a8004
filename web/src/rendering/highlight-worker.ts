// Colours code in a thread of its own. Some inputs make a highlighter slow; here they delay nothing, and the page ends
// this worker when it takes too long (see highlight.ts).

import highlighter from "highlight.js/lib/highlight";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/cs";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
    bash, cpp, csharp, css, diff, dockerfile, go, ini, java, javascript, json, kotlin, lua, makefile, markdown, php,
    python, r, ruby, rust, shell, sql, swift, typescript, xml, yaml,
};
for (const [name, language] of Object.entries(languages)) highlighter.registerLanguage(name, language);

export interface HighlightRequest {
    id: number;
    code: string;
    language: string;
}

export interface HighlightAnswer {
    id: number;
    /** HTML of spans with classes, or nothing for an unknown language. */
    html: string | null;
}

addEventListener("message", ({ data }: MessageEvent<HighlightRequest>) => {
    const { id, code, language } = data;
    const isKnown = highlighter.getLanguage(language) !== undefined;
    const answer: HighlightAnswer = { id, html: isKnown ? highlighter.highlight(language, code, true).value : null };
    postMessage(answer);
});

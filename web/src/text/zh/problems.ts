import type { Texts } from "../en";

export const problems: Texts["problems"] = {
    wrongCredentials: "用户名或密码不正确。",
    wrongPassword: "密码不正确。",
    throttled: (seconds) => `尝试次数过多，请在 ${seconds} 秒后重试。`,
    nameTaken: "该用户名已被使用。",
    nameInvalid: "用户名无效。请使用单行的 1 到 64 个字符。",
    nameMissing: "请输入用户名。",
    passwordMissing: "请输入密码。",
    passwordShort: (minimum) => `密码至少需要 ${minimum} 个字符。`,
    passwordWeak: "密码过于简单，请换一个。",
    signUpClosed: "暂未开放注册。",
    disabled: "该账号已停用，请联系管理员启用。",
    lastAdministrator: "至少要保留一名管理员。",
    foreignFile: "这不是 Pronk 导出的文件。只能导入 Pronk 自己导出的 JSON。",
    brokenFile: (detail) => `无法读取此文件。${detail}`,
    largeFile: "文件过大，单次最多导入 16 MB。",
};

import type { Texts } from "../en";

export const insecure: Texts["insecure"] = {
    title: "当前连接未加密",
    lead: "通过普通 HTTP 从其他设备访问时，浏览器会禁用麦克风、剪贴板和安装为应用的功能。",
    more: "请为 Pronk 配置证书（pronk.yaml 中的 gateway.tls），或在本机上打开。",
    dismiss: "知道了",
};

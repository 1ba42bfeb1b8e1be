import { colourRules, PICTURE_RULES } from '../picture/colours.js';

/** The one style of a page. */
export const PAGE_RULES = `${colourRules(':root')}${PICTURE_RULES}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:78rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1,h2,h3{line-height:1.25;text-wrap:balance;margin:0}
h1{font-size:clamp(1.4rem,1.1rem + 1.4vw,2rem);letter-spacing:-.01em;font-weight:650}
h2{font-size:1.2rem;font-weight:650;margin-bottom:.75rem}
h3{font-size:1rem;font-weight:650;margin-bottom:.25rem}
p,ul,ol,dl,pre,figure{margin:0 0 .75rem}
section{margin-top:2.5rem}
section section{margin-top:1.5rem}
header>*,section>*,.fold>*{max-width:62rem}
.listing{max-width:none;margin-top:1.25rem}
header ul{margin-top:.75rem}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2.5rem;color:var(--soft);font-size:.875rem}
footer::before{content:"";display:block;border-top:1px solid var(--line);margin-bottom:1rem}
.over{color:var(--soft);font-size:.875rem;margin-bottom:.5rem}
.lead{font-size:1.125rem;margin:.75rem 0;max-width:46rem}
.soft{color:var(--soft)}
.chips{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0 0;padding:0;list-style:none}
.chip{border:1px solid currentColor;border-radius:1rem;padding:.05rem .7rem;font-size:.875rem;font-weight:600}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
ul,ol{padding-left:1.25rem}
li{margin-bottom:.4rem}
.plain{list-style:none;padding:0}
.cards{list-style:none;padding:0;display:grid;gap:.75rem}
.cards>li{margin:0;padding:.75rem 1rem;background:var(--raised);border:1px solid var(--line);border-radius:.5rem}
.cards>li>:last-child{margin-bottom:0}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.25rem 1.25rem}
dt{color:var(--soft)}
dd{margin:0}
code,pre{font-family:ui-monospace,"Cascadia Mono","Segoe UI Mono","DejaVu Sans Mono",monospace;font-size:.875em}
pre{white-space:pre-wrap;margin:0;padding:.75rem 1rem;background:var(--ground);border:1px solid var(--line);border-radius:.375rem;line-height:1.45;flex:1 1 20rem;min-width:0}
.copy{display:flex;flex-wrap:wrap;gap:.5rem;align-items:flex-start;margin:.5rem 0}
button,input{font:inherit;color:inherit}
.copy button{padding:.4rem .9rem;border:1px solid var(--soft);border-radius:.375rem;background:var(--ground);cursor:pointer;font-size:.875rem;min-width:6rem}
.copy button:hover,th button:hover{border-color:var(--ink);text-decoration:underline}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:.25rem}
figure{margin:0}
figure svg{width:100%;height:auto;display:block}
.narrow{display:none}
details{border:1px solid var(--line);border-radius:.5rem;margin-bottom:.5rem}
summary{padding:.6rem 1rem;cursor:pointer;font-weight:600}
details[open]>summary{border-bottom:1px solid var(--line)}
.fold{padding:1rem}
.fold>:last-child{margin-bottom:0}
.scroll{overflow-x:auto;margin-bottom:.75rem}
table{border-collapse:collapse;font-size:.875rem;line-height:1.4;overflow-wrap:normal}
caption{text-align:left;color:var(--soft);padding-bottom:.5rem}
th,td{text-align:left;vertical-align:top;padding:.4rem 1.5rem .4rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.long{overflow-wrap:anywhere;min-width:9rem}
.reply{overflow-wrap:anywhere;min-width:18rem}
td ul{margin:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.number button{text-align:right}
th button{padding:0;border:0;background:none;font-weight:600;cursor:pointer;text-align:left}
th button::after{content:"\\2195";display:inline-block;width:1.2em;text-align:center;color:var(--soft)}
th[aria-sort=ascending] button::after{content:"\\2191";color:var(--ink)}
th[aria-sort=descending] button::after{content:"\\2193";color:var(--ink)}
.filter{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center}
.filter[hidden]{display:none}
.filter label{display:flex;flex:0 1 24rem;gap:.75rem;align-items:center}
.filter input{flex:1 1 10rem;min-width:0;padding:.4rem .7rem;border:1px solid var(--soft);border-radius:.375rem;background:var(--ground)}
.told{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:43rem){
header,main,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:1.5rem}
.wide{display:none}
.narrow{display:block}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}
}
@media print{
@page{margin:12mm}
html{font-size:11px}
body{font-size:1rem;line-height:1.35}
header,main,footer{max-width:none;padding:0}
header>*,section>*{max-width:none}
h2{margin-bottom:.3rem;font-size:1.1rem}
section{margin-top:.9rem}
footer{margin-top:1rem;padding:0}
footer::before{margin-bottom:.5rem}
p,ul,ol,dl{margin-bottom:.4rem}
li{margin-bottom:.15rem}
.cards{gap:.4rem}
.cards>li{padding:.4rem .7rem}
.cards .plain{columns:2}
pre{padding:.3rem .6rem}
section>dl{grid-template-columns:max-content 1fr max-content 1fr}
figure svg{max-height:70mm}
h1{font-size:1.6rem}
.lead{font-size:1.1rem;margin:.5rem 0;max-width:none}
.chips{margin-top:.5rem}
.wide{display:block}
.narrow,.copy button,.filter,details:not([open]){display:none}
th button::after{content:none}
.cards>li,tr,figure{break-inside:avoid}
h2,h3{break-after:avoid}
.scroll{overflow:visible}
}`;

//! The style sheet: two sets of colours, one set of shapes. Nothing is told by colour alone.

/// Type in which labels are set; their widths are counted in characters.
pub(super) const CSS: &str = "\
.sheet{--paper:#fff;--ink:#1b1f24;--dim:#667080;--grid:#e6e9ee;--data:#1a63c9;--ack:#7b8794;\
--syn:#7a45c9;--rst:#c4202f;--call:#1b1f24;--bar:#9db8dd;--unread:#8cc29a;--lane:#69758a;\
--halo:#ffd667;--open:#fdeec2;--established:#cfead5;--closing:#d5e2fb;--waiting:#e7dcf8;\
--closed:#f3d3d3;--listen:#e9edf2}
@media (prefers-color-scheme:dark){.sheet{--paper:#14181d;--ink:#e8ebef;--dim:#9aa5b3;\
--grid:#2a313a;--data:#6cb0ff;--ack:#94a0ae;--syn:#bb98f5;--rst:#ff7b7f;--call:#e8ebef;\
--bar:#35567f;--unread:#2f6b40;--lane:#8d9aae;--halo:#8a6a00;--open:#51431a;--established:#1f4a2b;\
--closing:#23406e;--waiting:#46326b;--closed:#64282d;--listen:#2b333d}}
.sheet text{font:10.5px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:var(--ink)}
.sheet text.h1{font:600 18px system-ui,'DejaVu Sans',sans-serif}
.sheet text.p{font:12.5px system-ui,'DejaVu Sans',sans-serif}
.sheet text.verdict{font:600 13px system-ui,'DejaVu Sans',sans-serif}
.sheet text.host{font:600 13px system-ui,'DejaVu Sans',sans-serif}
.sheet text.head,.sheet text.tick,.sheet text.small{font-size:9.5px;fill:var(--dim)}
.sheet text.bad{fill:var(--rst);font-weight:700}
.sheet text.kernel{font-style:italic}
.sheet text.state{font-size:9.5px;font-weight:600}
.sheet text.wire,.sheet text.cut,.sheet text.call,.sheet text.bad,.sheet text.kernel\
{paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;\
stroke-linejoin:round}
.sheet .paper{fill:var(--paper)}
.grid{stroke:var(--grid);stroke-width:1}
.host-line{stroke:var(--ink);stroke-width:1.6}
.leader{stroke:var(--dim);stroke-width:.7;fill:none}
.pin{fill:var(--ink)}
.axis{stroke:var(--dim);stroke-width:1}
.cut-paper{fill:var(--paper)}
.cut-edge{stroke:var(--dim);stroke-width:1.2;fill:none}
.lane-goes{fill:var(--lane)}
.lane-waits{fill:var(--paper);stroke:var(--lane);stroke-width:1.1}
.held{fill:var(--bar)}.unread{fill:var(--unread)}
.base{stroke:var(--dim);stroke-width:.8}
.band{stroke:var(--ink);stroke-width:.6}
.LISTEN{fill:var(--listen)}.CLOSED{fill:var(--closed)}.ESTABLISHED{fill:var(--established)}
.SYN-SENT,.SYN-RECEIVED{fill:var(--open)}
.FIN-WAIT-1,.FIN-WAIT-2,.CLOSING{fill:var(--closing)}
.CLOSE-WAIT,.LAST-ACK,.TIME-WAIT{fill:var(--waiting)}
.stroke{fill:none;stroke-width:1.4}
.data .stroke,.data .burst{stroke:var(--data)}
.ack .stroke,.ack .burst{stroke:var(--ack);stroke-dasharray:5 3}
.ack .stroke{stroke-width:1.1}
.syn .stroke,.syn .burst{stroke:var(--syn)}
.fin .stroke,.fin .burst{stroke:var(--syn);stroke-width:2}
.rst .stroke,.rst .burst{stroke:var(--rst);stroke-dasharray:9 2.5 2 2.5;stroke-width:1.6}
.burst{stroke-width:.8;fill-opacity:.28}
.data .burst{fill:var(--data)}.ack .burst{fill:var(--ack)}.rst .burst{fill:var(--rst)}
.tip-data{fill:var(--data)}.tip-ack{fill:var(--ack)}.tip-rst{fill:var(--rst)}
.tip-syn,.tip-fin{fill:var(--syn)}
.data text.wire{fill:var(--data)}.ack text.wire{fill:var(--dim)}.rst text.wire{fill:var(--rst)}
.syn text.wire,.fin text.wire{fill:var(--syn)}
.decides .stroke{stroke-width:3;stroke-dasharray:none}
.decides text{font-weight:700}
.halo{stroke:var(--halo);stroke-width:11;stroke-linecap:round;fill:none}
.cross{stroke:var(--rst);stroke-width:2.2}
";

/// Arrow heads, one a kind: a marker cannot take its line's colour everywhere.
pub(super) fn markers() -> String {
    let kinds = ["data", "ack", "syn", "fin", "rst"];
    let marker = |kind: &str| {
        format!(
            "<marker id=\"tip-{kind}\" viewBox=\"0 0 10 8\" refX=\"9.5\" refY=\"4\" \
             markerWidth=\"10\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" \
             orient=\"auto\"><path class=\"tip-{kind}\" d=\"M0 0L10 4L0 8z\"/></marker>\n"
        )
    };
    kinds.map(marker).concat()
}

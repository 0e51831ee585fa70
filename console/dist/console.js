var S,kn,Lt,ce,Mt,st,Pn,rt,Dn,It,Nt,Rn,Ne=Symbol.for("pv"),at={},lt=[],ci=/^m(i|n|o|s|text|space)$/,Wt=Array.isArray,Ht=lt.slice,ge=Object.assign;function ye(e){e&&e.parentNode&&e.remove()}function Ve(e,t,n){var o,r,i,s={},a=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:s[i]=t[i];return a>2&&(s.children=a>3?Ht.call(arguments,2):n),Me(e,s,o,r,null)}function Me(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ne,__v:r||++kn,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(i),i}function _e(e){return e.children}function ve(e,t){this.props=e,this.context=t,this.__g=0}function ue(e,t){if(t==null)return e.__&&ue(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:ue(e)}function ui(e){var t,n=e.__v,o=n.__e,r=[],i=[],s=e.__P;s&&((t=ge({constructor:Ne},n)).__v=n.__v+1,S.vnode&&S.vnode(t),Ut(s,t,n,e.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||ue(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,In(r,t,i),n.__=n.__e=null,t.__e!=o&&An(t))}function An(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),An(e)}function Vt(e){(8&e.__g||(e.__g|=8,ce.push(e),st++))&&Mt==S.debounceRendering||((Mt=S.debounceRendering)||queueMicrotask)(Mn)}function Mn(){try{for(var e,t=1;ce.length;)ce.length>t&&ce.sort(Pn),e=ce.shift(),t=ce.length,8&e.__g&&ui(e)}finally{(st=ce.length)&&(Mt||queueMicrotask)(Mn)}}function Nn(e,t,n,o,r,i,s,a,l,d,c){var p,f,m,h,y,g,w=o.__k||lt,v=t.length;for(l=di(n,t,w,l,v),p=0;p<v;p++)(m=n.__k[p])!=null&&(f=~m.__i&&w[m.__i]||at,m.__i=p,g=Ut(e,m,f,r,i,s,a,l,d,c),h=m.__e,(f.ref!=m.ref||8&f.__u)&&(f.ref&&Ft(f.ref,null,m,f),m.ref&&c.push(m.ref,m.__c||h,m)),y=y||h,4&m.__u?(l=Vn(m,l,e,!f.__v),f.__e&&(f.__e=null)):typeof m.type=="function"&&g!==void 0?l=g:h&&(l=h.nextSibling),m.__u&=-21);return n.__e=y,l}function di(e,t,n,o,r){var i,s,a,l,d,c,p,f,m,h=n.length,y=h,g=0,w=0,v=e.__k=Array(r);for(i=0;i<r;i++)(s=t[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=v[i]=Me(null,s):Wt(s)?s=v[i]=Me(_e,{children:s}):s.constructor===Ne&&s.__b?s=v[i]=Me(s.type,s.props,s.key,s.ref,s.__v):v[i]=s,l=i+g,s.__=e,s.__b=e.__b+1,a=null,~(d=s.__i=pi(s,n,l,y))&&(y--,(a=n[d])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,d==l-1?g--:d==l+1?g++:d!=l&&(d>l?g--:g++,w=1)):(~d||(r>h?g--:r<h&&g++),typeof s.type!="function"&&(s.__u|=4))):v[i]=null;if(w){for(c=[],p=[],i=0;i<r;i++)if((s=v[i])&&16&s.__u){for(g=0,f=c.length;g<f;)c[m=g+f>>1]<s.__i?g=m+1:f=m;c[g]=s.__i,p[i]=g+1}for(g=c.length;i--;)p[i]&&(p[i]==g?g--:v[i].__u|=4)}if(y)for(i=0;i<h;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=ue(a)),Bt(a,a));return o}function Vn(e,t,n,o){var r,i,s,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=Vn(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=ue(e))&&!t.parentNode&&(t=null),s=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function pi(e,t,n,o){var r,i=e.key,s=e.type,a=t[n],l=a&&!(2&a.__u);if(a===null&&i==null||l&&i==a.key&&s==a.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function Tn(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function ot(e,t,n,o,r){var i,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Tn(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Tn(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(s=Nt[t]||(Nt[t]=mi(t)),(e.__a||(e.__a={}))[t]=It,i=t!=(t=t.replace(Dn,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,i):e.removeEventListener(t,s,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function mi(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[rt]==null)t[rt]=It++;else if(t[rt]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function Ut(e,t,n,o,r,i,s,a,l,d){var c,p,f,m,h,y,g,w,v,E,b,W,Ce,Y,C,q,J,te,ie=t.type;if(t.constructor!==Ne)return null;128&n.__u&&(l=32&n.__u,c=n.__c.__z)&&(t.__u|=l,p=i=[],c.nodeType==8?a=it(c,i):i.push(c),a=i[0]||a),(c=S.__b)&&c(t);e:if(typeof ie=="function"){f=s.length;try{if(w=t.props,v=(c=ie.prototype)&&c.render,E=(c=ie.contextType)&&o[c.__c],b=c?E?E.props.value:c.__:o,(m=n.__c)?(t.__c=m,2&m.__g&&(m.__g|=1)):(v?t.__c=m=new ie(w,b):(t.__c=m=new ve(w,b),m.constructor=ie,m.render=hi),E&&E.sub(m),m.state||(m.state={}),m.__n=o,m.__g|=8,m.__h=[],m.__k=[]),v&&(m.__s||(m.__s=m.state),ie.getDerivedStateFromProps&&(m.__s==m.state&&(m.__s=ge({},m.__s)),ge(m.__s,ie.getDerivedStateFromProps(w,m.__s)))),h=m.props,y=m.state,m.__v=t,n.__c){if(w!==h&&v&&!ie.getDerivedStateFromProps&&m.componentWillReceiveProps&&m.componentWillReceiveProps(w,b),t.__v==n.__v&&!(8&m.__g)||!(4&m.__g)&&m.shouldComponentUpdate&&m.shouldComponentUpdate(w,m.__s,b)===!1){t.__v!=n.__v&&(m.props=w,m.state=m.__s,m.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(K){K&&(K.__=t)}),lt.push.apply(m.__h,m.__k),m.__k=[],m.__h.length&&s.push(m),a=ue(n);break e}m.componentWillUpdate&&m.componentWillUpdate(w,m.__s,b),v&&m.componentDidUpdate&&m.__h.push(function(){m.componentDidUpdate(h,y,g)})}else v&&!ie.getDerivedStateFromProps&&m.componentWillMount&&m.componentWillMount(),v&&m.componentDidMount&&m.__h.push(m.componentDidMount);m.context=b,m.props=w,m.__P=e,m.__g&=-5,W=S.__r,Ce=v?25:0;do m.__g&=-9,W&&W(t),c=m.render(m.props,m.state=m.__s,m.context);while(8&m.__g&&++Ce<25);v&&(lt.push.apply(m.__h,m.__k),m.__k=[]),m.state=m.__s,m.getChildContext&&(o=ge({},o,m.getChildContext())),v&&n.__c&&m.getSnapshotBeforeUpdate&&(g=m.getSnapshotBeforeUpdate(h,y)),Y=c&&c.type===_e&&c.key==null?c.props.children:c,w.__P&&(c=a,r=(e=w.__P).namespaceURI,l=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(K){K&&Bt(K,K)}),n.__k=null),a=n.__k?ue(n,0):null),a=Nn(e,Wt(Y)?Y:[Y],t,n,o,r,i,s,a,l,d),w.__P&&(t.__e=null,a=c),t.__u&=-161,p&&p.some(ye),m.__h.length&&s.push(m),1&m.__g&&(m.__g&=-4)}catch(K){if(s.length=f,t.__v=null,l||i)if(K&&K.then){if(t.__u|=128|l,i){for(~(J=i.indexOf(a||void 0))||(J=i.length);(te=i[J-1])&&te.nodeType==8;)J--;for(;J<i.length;J++)if(te=i[J])if(i[J]=null,C){if(te==q)break}else{if(te.nodeType!=8)break;te.data.startsWith("$s")&&(q=it(C=te))}}if(!C){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;C=a}(c=it(C=t.__c.__z||(t.__c.__z=C)))?(t.__e=C,a=c):t.__e=a,a=a&&a.nextSibling}else i&&i.some(ye);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),K&&K.then||Ln(t),S.__e(K,t,n)}}else a=t.__e=fi(n.__e,t,n,o,r,i,s,l,d,e);return(c=S.diffed)&&c(t),a}function it(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Ln(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Ln))}function In(e,t,n){for(var o=0;o<n.length;)Ft(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){S.__e(i,r.__v)}})}function fi(e,t,n,o,r,i,s,a,l,d){var c,p,f,m,h,y,g,w,v=n.props||at,E=t.props,b=t.type;if(b=="svg"?r="http://www.w3.org/2000/svg":b=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(c=0;c<i.length;c++)if((h=i[c])&&(b?h.localName==b:h.nodeType==3)){e=h,i[c]=null;break}}if(!e){if(w=d.ownerDocument||document,!b)return w.createTextNode(E);e=w.createElementNS(r,b,E.is?E:d),a&&(S.__m&&S.__m(t,i),a=!1),i=null}if(b){if(d=b=="template"&&e.content||e,i=b=="textarea"&&E.defaultValue!=null?null:i&&Ht.call(d.childNodes),!a&&i)for(v={},c=0;c<e.attributes.length;c++)v[(h=e.attributes[c]).name]=h.value;for(c in v)h=v[c],c=="dangerouslySetInnerHTML"?f=h:c=="children"||c in E||c=="value"&&"defaultValue"in E||c=="checked"&&"defaultChecked"in E||ot(e,c,null,h,r);for(c in E)h=E[c],c=="children"?m=h:c=="dangerouslySetInnerHTML"?p=h:c=="value"?y=h:c=="checked"?g=h:a&&typeof h!="function"||v[c]===h||ot(e,c,h,v[c],r);p?(a||f&&(p.__html==f.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(f&&(e.textContent=""),(b=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&ci.test(b))&&(r="http://www.w3.org/1999/xhtml"),Nn(d,Wt(m)?m:[m],t,n,o,r,i,s,i?i[0]:n.__k&&ue(n,0),a,l),i&&i.some(ye)),a&&b!="textarea"||(c="value",b=="progress"&&y==null?e.removeAttribute(c):y==null||y===e[c]&&(b!="progress"||y)||ot(e,c,y,v[c],r),c="checked",g!=null&&g!=e[c]&&ot(e,c,g,v[c],r))}else v===E||a&&e.data==E||(e.data=E);return e}function Ft(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function Bt(e,t,n){var o,r,i,s;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||Ft(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){S.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(s=0;s<o.length;s++)o[s]&&Bt(o[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=it(o,i=[]))&&(o==e.__e&&i.some(ye),ye(r),ye(o)),n||ye(e.__e),e.__e=e.__c=e.__=null}function hi(e,t,n){return this.constructor(e,n)}function zt(e,t){var n,o,r,i;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Me(_e,{children:[e]}),r=[],i=[],Ut(t,t.__k,o||at,at,t.namespaceURI,o?null:t.firstChild?Ht.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),In(r,t.__k,i),t.__k.props.children=null}function Wn(e){function t(n){var o,r;return this.getChildContext||(o=new Set,(r={})[t.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=function(i){this.props.value!=i.value&&o.forEach(function(s){s.__g|=4,Vt(s)})},this.sub=function(i){o.add(i);var s=i.componentWillUnmount;i.componentWillUnmount=function(){o.delete(i),s&&s.call(i)}}),n.children}return t.__c="__cC"+Rn++,t.__=e,t.Provider=(t.Consumer=function(n,o){return n.children(o)}).contextType=t,t}S={__e:function(e,t,n,o){for(var r,i,s;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw st=0,e}},kn=0,Lt=function(e){return e!=null&&e.constructor===Ne},ve.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=ge({},this.state)),typeof e=="function"&&(e=e(ge({},n),this.props)),e&&(ge(n,e),this.__v&&(t&&this.__k.push(t),Vt(this)))},ve.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Vt(this))},ve.prototype.render=_e,ce=[],st=0,Pn=function(e,t){return e.__v.__b-t.__v.__b},rt=Symbol(),Dn=/(PointerCapture)$|Capture$/i,It=0,Nt={},Rn=0;var we,P,qt,Hn,Gt=Object.is,ct=0,Xn=[],jt=[],N=S,Un=N.__b,Fn=N.__r,Bn=N.diffed,zn=N.__c,qn=N.unmount,Gn=N.__;function Ie(e,t){N.__h&&N.__h(P,e,ct||t),ct=0;var n=P.__H||(P.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function $(e){return ct=1,yi(Zn,e)}function yi(e,t,n){var o=Ie(we++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):Zn(void 0,t),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);Gt(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=P,!P.__f)){P.__f=!0;var r=P.shouldComponentUpdate;P.shouldComponentUpdate=function(i,s,a){var l=this.__H;if(!l)return!0;var d=!1,c=this.props!=i;if(l.__.some(function(f){f.__N&&(d=!0,Gt(f.__[0],f.__N[0])||(c=!0))}),r){var p=r.call(this,i,s,a);return d?p||c:p}return!d||c}}return o.__}function B(e,t){var n=Ie(we++,3);!N.__s&&Jn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,P.__H.__h.push(n))}function j(e){return ct=5,de(function(){return{current:e}},[])}function de(e,t){var n=Ie(we++,7);return Jn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Qn(e){var t=P.context[e.__c],n=Ie(we++,9);return n.c=e,t?(n.__==null&&(n.__=!0,t.sub(P)),t.props.value):e.__}function Yn(){var e=Ie(we++,11);if(!e.__){for(var t=P.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function gi(){var e;do{for(;e=jt.shift();)try{Le(e)}catch(n){N.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Xn.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Le),t.__h.some(Kt),t.__h=[]}catch(n){t.__h=[],N.__e(n,e.__v)}}}while(jt.length)}N.__b=function(e){P=null,Un&&Un(e)},N.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Gn&&Gn(e,t)},N.__r=function(e){Fn&&Fn(e),we=0;var t=(P=e.__c).__H;t&&(qt==P?P.__h=[]:(t.__h.some(Le),t.__h.some(Kt),we=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),qt=P},N.diffed=function(e){Bn&&Bn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Kn(Xn.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),qt=P=null},N.__c=function(e,t){t.some(function(n){try{n.__h.some(Le),n.__h=n.__h.filter(function(o){return!o.__||Kt(o)})}catch(o){n.__h=[function(){throw o}]}}),zn&&zn(e,t)},N.unmount=function(e){qn&&qn(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,Kn(jt.push(r))}else Le(r)}catch(i){t=i}}),o.__H=void 0,t&&N.__e(t,o.__v))};var jn=typeof requestAnimationFrame=="function";function vi(e){var t,n=function(){clearTimeout(o),jn&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);jn&&(t=requestAnimationFrame(n))}function Kn(e){e!=1&&Hn==N.requestAnimationFrame||((Hn=N.requestAnimationFrame)||vi)(gi)}function Le(e){var t=P,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),P=t}function Kt(e){var t=P;e.__c=e.__(),P=t}function Jn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Gt(n,e[o])})}function Zn(e,t){return typeof t=="function"?t(e):t}var _i=Symbol.for("preact-signals");function mt(){if(se>1)se--;else{var e,t=!1;for((function(){var r=dt;for(dt=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}})();He!==void 0;){var n=He;for(He=void 0,ut++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&to(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(ut=0,se--,t)throw e}}function Qt(e){if(se>0)return e();Xt=++wi,se++;try{return e()}finally{mt()}}var We,k=void 0;function Ue(e){var t=k,n=We;k=void 0,We=void 0;try{return e()}finally{k=t,We=n}}var He=void 0,se=0,ut=0,wi=0,Xt=0,dt=void 0,pt=0;function eo(e){if(k!==void 0){var t=e.n;if(t===void 0||t.t!==k)return t={i:0,S:e,p:k.s,n:void 0,t:k,e:void 0,x:void 0,r:t},k.s!==void 0&&(k.s.n=t),k.s=t,e.n=t,32&k.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=k.s,t.n=void 0,k.s.n=t,k.s=t),t}}function L(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}L.prototype.brand=_i;L.prototype.h=function(){return!0};L.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Ue(function(){var o;(o=t.W)==null||o.call(t)}))};L.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Ue(function(){var r;(r=t.Z)==null||r.call(t)}))}};L.prototype.subscribe=function(e){var t=this;return $e(function(){var n=t.value;Ue(function(){return e(n)})},{name:"sub"})};L.prototype.valueOf=function(){return this.value};L.prototype.toString=function(){return this.value+""};L.prototype.toJSON=function(){return this.value};L.prototype.peek=function(){var e=this;return Ue(function(){return e.value})};Object.defineProperty(L.prototype,"value",{get:function(){var e=eo(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ut>100)throw new Error("Cycle detected");(function(n){se!==0&&ut===0&&n.l!==Xt&&(n.l=Xt,dt={S:n,v:n.v,i:n.i,o:dt})})(this),this.v=e,this.i++,pt++,se++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{mt()}}}});function O(e,t){return new L(e,t)}function to(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function no(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function oo(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function be(e,t){L.call(this,void 0,t),this.x=e,this.s=void 0,this.g=pt-1,this.f=4}be.prototype=new L;be.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===pt))return!0;if(this.g=pt,this.f|=1,this.i>0&&!to(this))return this.f&=-2,!0;var e=k;try{no(this),k=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return k=e,oo(this),this.f&=-2,!0};be.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}L.prototype.S.call(this,e)};be.prototype.U=function(e){if(this.t!==void 0&&(L.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};be.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(be.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=eo(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Z(e,t){return new be(e,t)}function ro(e){var t=e.j;if(e.j=void 0,typeof t=="function"){se++;var n=k;k=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,Yt(e),o}finally{k=n,mt()}}}function Yt(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,ro(e)}function bi(e){if(k!==this)throw new Error("Out-of-order effect");oo(this),k=e,this.f&=-2;try{8&this.f&&Yt(this)}finally{mt()}}function Oe(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,We&&We.push(this)}Oe.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Oe.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,ro(this),no(this),se++;var e=k;return k=this,bi.bind(this,e)};Oe.prototype.N=function(){2&this.f||(this.f|=2,this.u=He,He=this)};Oe.prototype.d=function(){this.f|=8,1&this.f||Yt(this)};Oe.prototype.dispose=function(){this.d()};function $e(e,t){var n=new Oe(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var io,ht,ft,$i=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var so=[];$e(function(){io=this.N})();function Se(e,t){S[e]=t.bind(null,S[e]||function(){})}function Fe(e){if(ft){var t=ft;ft=void 0,t()}ft=e&&e.S()}function ao(e){var t=this,n=e.data,o=xi(n);o.name="ReactiveDom",o.value=n;var r=de(function(){for(var a=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var d=Z(function(){var m=o.value.value;return m===0?0:m===!0?"":m||""}),c=Z(function(){return!Array.isArray(d.value)&&!Lt(d.value)}),p=$e(function(){if(this.N=lo,c.value){var m=d.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=m)}}),f=t.__$u.d;return t.__$u.d=function(){p(),f.call(this)},[c,d]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}ao.displayName="ReactiveTextNode";Object.defineProperties(L.prototype,{constructor:{configurable:!0,value:Ve(_e,null).constructor},type:{configurable:!0,value:ao},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Se("__b",function(e,t){if(Fe(),ht=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof L&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});Se("__r",function(e,t){if(e(t),t.type!==_e){Fe();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,i){var s;return $e(function(){s=this},{name:i}),s.c=r,s})((function(r){return function(){var i;$i&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),ht=o,Fe(n)}});Se("__e",function(e,t,n,o){Fe(),ht=void 0,e(t,n,o)});Se("diffed",function(e,t){Fe(),ht=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var l in o){var d=i[l],c=o[l];d===void 0?(d=Ei(n,l,c,r),i[l]=d):d.o(c,r)}}}e(t)});function Ei(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=O(n);return{o:function(s,a){i.value=s,o=a},d:$e(function(){this.N=lo;var s=i.value.value;o[t]!==s&&(o[t]=s,r?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Se("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=t.__np;if(s){var a=t.props;for(var l in s)a[l]=s[l]}t.__np=void 0}else{var d=t.__c;if(d){d.__$f|=8;var c=d.__$u;c&&(d.__$u=void 0,c.d())}}e(t)});Se("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});ve.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function xi(e,t){return de(function(){return O(e,t)},[])}var Ci=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Oi(){Qt(function(){for(var e;e=so.shift();)io.call(e)})}function lo(){so.push(this)===1&&(S.requestAnimationFrame||Ci)(Oi)}var T=class extends Error{name="DaxdError";problem;status;code;errno;operation;constructor(t,n){super(t.detail??t.title),this.problem=t,this.status=t.status,this.code=t.code,this.errno=t.errno,this.operation=n}get issues(){return this.problem.issues}get holders(){return this.problem.holders}get suggested_size(){return this.problem.suggested_size}get available_size(){return this.problem.available_size}get max_available_extent(){return this.problem.max_available_extent}get failed_index(){return this.problem.failed_index}get retry_after_s(){return this.problem.retry_after_s}},H=class extends Error{name="DaxdConnectionError";reason;status;constructor(t,n,o={}){super(n,"cause"in o?{cause:o.cause}:void 0),this.reason=t,this.status=o.status}},Be=class extends Error{name="OperationTimeoutError";operation;constructor(t,n){let{id:o,verb:r,target:i,state:s,progress:a}=t;super(`Operation ${o} (${r} ${i.id}) is ${s} after ${Math.round(n)} ms, ${a.done} of ${a.total} bytes done; it goes on.`),this.operation=t}},ze=class extends Error{name="LeaseLostError";lease;constructor(t,n){let{id:o,holder:r,ttl_ms:i}=t,s=n instanceof Error?n.message:String(n);super(`Lease ${o} of ${r} (${i} ms) is lost: ${s}`,{cause:n}),this.lease=t}};function pe(e,t){return new Promise((n,o)=>{if(t?.aborted===!0)return o(t.reason);let r=()=>{clearTimeout(i),o(t?.reason)},i=setTimeout(()=>{t?.removeEventListener("abort",r),n()},e);t?.addEventListener("abort",r,{once:!0})})}function yt(){let e=crypto.getRandomValues(new Uint8Array(16));return Array.from(e,t=>t.toString(16).padStart(2,"0")).join("")}function gt(e,t){let n=Si(e);return n===null?qe(e.status,t):new T(n)}function qe(e,{method:t,url:n}){let o=`HTTP ${e} from something that is not daxd: ${t} ${n}`;return new H("not_daxd",o,{status:e})}function Si({body:e}){return typeof e!="object"||e===null?null:"code"in e&&"status"in e&&"title"in e&&"type"in e?e:null}var Ti=100,ki=5e3;function co(e,t){return e==="GET"||e==="PUT"||e==="DELETE"?!0:t["idempotency-key"]!==void 0}function vt({error:e},t){if(e instanceof T)return e.status===429||e.code==="overloaded"?!0:t&&e.status===503;if(!t)return!1;if(e.reason!=="not_daxd")return!0;let{status:n}=e;return n===502||n===503||n===504||n===429}function _t(e,t){let n=Math.min(Ti*2**(t-1),ki),o=n/2+Math.random()*n/2;return e.retryAfterMs>0?e.retryAfterMs+o:o}function uo({headers:e}){let t=e.get("retry-after");if(t===null)return 0;let n=Number(t),o=Number.isFinite(n)?n*1e3:Date.parse(t)-Date.now();return Number.isFinite(o)?Math.max(0,o):0}var po=256*1024*1024;async function mo(e,t,n){let{signal:o,timeoutMs:r}=n;o?.throwIfAborted();let i=AbortSignal.timeout(Math.max(1,Math.ceil(r))),s=o===void 0?i:AbortSignal.any([o,i]),{method:a,url:l,headers:d,body:c}=t;try{let p=await e(l,{method:a,headers:d,...c===void 0?{}:{body:c},signal:s,redirect:"error"});return await Jt(p)}catch(p){throw o?.throwIfAborted(),Zt(p,{timeoutMs:i.aborted?r:null,outgoing:t})}}async function Jt(e){let{status:t,headers:n}=e;return{status:t,headers:n,body:Di(e,await Pi(e))}}async function Pi(e){if(e.body===null)return"";let t=new TextDecoder,n=[],o=0,r=e.body.getReader();for(let i=await r.read();!i.done;i=await r.read()){if(o+=i.value.byteLength,o>po)throw await r.cancel(),new Error(`the answer is over ${po} bytes`);n.push(t.decode(i.value,{stream:!0}))}return n.join("")+t.decode()}function Di(e,t){if(t==="")return;let n=e.headers.get("content-type")??"";return/^application\/(?:[\w.-]+\+)?json\b/i.test(n)?JSON.parse(t):t}function Zt(e,t){let{timeoutMs:n,outgoing:o}=t,{method:r,url:i}=o;if(n!==null){let s=`No answer within ${Math.round(n)} ms: ${r} ${i}`;return new H("timeout",s,{cause:e})}return new H("unreachable",`No answer: ${r} ${i}: ${Ri(e)}`,{cause:e})}function Ri(e){let t=e;for(;t instanceof Error&&t.cause instanceof Error;)t=t.cause;if(!(t instanceof Error))return String(t);let n=t instanceof AggregateError?t.errors:[];return t.message||n.map(o=>String(o?.message??o)).join("; ")||t.name}function A(e,...t){return String.raw({raw:e},...t.map(Ai))}function Ai(e){let t=String(e);if(t===""||t==="."||t==="..")throw new TypeError(`${JSON.stringify(t)} is no name that daxd could have given`);return encodeURIComponent(t)}function fo(e,t,n={}){let o=new URLSearchParams;for(let[i,s]of Object.entries(n))s!==void 0&&o.set(i,String(s));let r=o.toString();return r===""?`${e}${t}`:`${e}${t}?${r}`}var go="application/json",Mi="http://127.0.0.1:7329",Ni=3e4,Vi=2e4,Li=5,Ii=5e3;function vo(e){let t=Ui(e.url),n=e.fetch??((s,a)=>globalThis.fetch(s,a));async function o(s,a={}){let{method:l,path:d,body:c}=s,p={...s.query,...a.dryRun===!0?{dry_run:!0}:{}},f={accept:go,...yo(e.headers),...Fi(s,a),...yo(a.headers)},m=await ho(e);m!==null&&(f.authorization??=`Bearer ${m}`);let h=fo(t,d,p);return c===void 0?{method:l,url:h,headers:f}:(f["content-type"]="application/json",{method:l,url:h,headers:f,body:JSON.stringify(c)})}async function r(s,a={}){let l=a.preferWaitS===void 0?0:a.preferWaitS*1e3,d=l===0?0:l+Ii,c=Math.max(e.attemptTimeoutMs??Vi,d),p=a.timeoutMs??Math.max(e.timeoutMs??Ni,d),f=performance.now()+p,{signal:m}=a,h={...a,idempotencyKey:Bi(s,a)},y=!1,g=!1;for(let w=1;;w+=1){let v=await o(s,h),E=Math.min(c,f-performance.now()),b=await Wi(n,v,{timeoutMs:E,signal:m,call:s});if("status"in b)return b;let{error:W}=b;if(g&&Hi(s,W))return{status:204,headers:new Headers,body:void 0};if(g||=!(W instanceof T),!y&&await i(W,v)){y=!0;continue}let Ce=s.isRepeatable??co(s.method,v.headers),Y=_t(b,w),C=w>=(e.attemptsMax??Li),q=performance.now()+Y>=f;if(C||q||!vt(b,Ce))throw W;e.onRetry?.({method:s.method,path:s.path,attempts:w,pauseMs:Y,error:W}),await pe(Y,m)}}async function i(s,{headers:a}){if(!(s instanceof T)||s.status!==401)return!1;let l=await ho(e);return l!==null&&a.authorization!==`Bearer ${l}`}return{options:e,answer:r,call:async(s,a)=>(await r(s,a)).body,prepare:o,fetch:n}}async function Wi(e,t,n){let o;try{o=await mo(e,t,n)}catch(s){if(s instanceof H)return{error:s,retryAfterMs:0};throw s}return o.status<300||n.call.accepts?.includes(o.status)===!0?typeof o.body=="string"&&t.headers.accept===go?{error:qe(o.status,t),retryAfterMs:0}:o:{error:gt(o,t),retryAfterMs:uo(o)}}function Hi({method:e},t){return e==="DELETE"&&t instanceof T&&t.status===404}function Ui(e){let t=String(e??Mi),{protocol:n,search:o,hash:r}=new URL(t);if((n==="http:"||n==="https:")&&o===""&&r==="")return t.replace(/\/+$/,"");throw new TypeError(`${t} is not the http or https address of a daxd`)}async function ho({token:e}){return typeof e=="function"?await e():e??null}function Fi({method:e},t){if(e==="GET")return{};let{ifMatch:n,fencingToken:o,idempotencyKey:r,preferWaitS:i}=t;return{...n===void 0?{}:{"if-match":n==="*"?"*":`"${n}"`},...o===void 0?{}:{"daxd-fencing-token":String(o)},...i===void 0?{}:{prefer:`wait=${i}`},...r===void 0?{}:{"idempotency-key":r}}}function Bi({method:e,isRepeatable:t},n){return n.idempotencyKey!==void 0?n.idempotencyKey:e==="POST"&&t!==!0?yt():void 0}function yo(e={}){let t=Object.entries(e).map(([n,o])=>[n.toLowerCase(),o]);return Object.fromEntries(t)}function D(e,t,n={}){let o=(i,s)=>{let a={...s===void 0?{}:{limit:s},...t.query,cursor:i};return e.call({method:"GET",path:t.path,query:a},n)};async function*r(){let i;for(let s=0;s<1e6;s+=1){let{items:a,next:l}=await o(i,1e3);if(yield*a,l===null)return;i=l}throw new Error(`${t.path} has over 1000000 pages`)}return{[Symbol.asyncIterator]:r,page:i=>o(i),async all(){let i=[];for await(let s of r())i.push(s);return i}}}function _o(e){return{list:(t,n)=>D(e,{path:"/v1/audit",query:{...t}},n),head:t=>e.call({method:"GET",path:"/v1/audit/head"},t),verify:(t,n)=>e.call({method:"GET",path:"/v1/audit/verify",query:{...t}},n)}}var zi=50,qi=1e3,Gi=36e5;async function ee(e,t,n={}){let{status:o,body:r}=await e.answer(t,n);return o!==202||n.wait===!1?r:await en(e,r,n)}async function en(e,t,n={}){let{onProgress:o,signal:r,headers:i,timeoutMs:s,waitTimeoutMs:a=Gi}=n,l=A`/v1/operations/${t.id}`,d=performance.now(),c=t;o?.(c);for(let p=zi;;p=Math.min(p*2,qi)){if(ji(c))return Ki(c);let f=performance.now()-d;if(f>=a)throw new Be(c,f);await pe(Math.min(p,a-f),r);let m=c.revision;c=await e.call({method:"GET",path:l},{signal:r,headers:i,timeoutMs:s}),(c.revision!==m||c.state==="running")&&o?.(c)}}function ji({state:e}){return e==="succeeded"||e==="failed"||e==="cancelled"}function Ki(e){if(e.state==="succeeded")return e.result??void 0;throw e.problem!==null?new T(e.problem,e):new Error(`Operation ${e.id} is ${e.state} and does not say why`)}function Ge(e){let t=n=>A`/v1/claims/${n}`;return{list:(n,o)=>D(e,{path:"/v1/claims",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>ee(e,{method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function wo(e){let t=n=>A`/v1/devices/${n}`;return{list:(n,o)=>D(e,{path:"/v1/devices",query:{...n}},o),get:(n,o,r)=>e.call({method:"GET",path:t(n),query:{...o}},r),users:(n,o,r)=>e.call({method:"GET",path:`${t(n)}/users`,query:{...o}},r),enable:(n,o)=>e.call({method:"POST",path:`${t(n)}/enable`},o),disable:(n,o,r)=>ee(e,{method:"POST",path:`${t(n)}/disable`,body:o??{}},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function bo(){let e="";return t=>{e+=t;let n=e.endsWith("\r"),o=(n?e.slice(0,-1):e).replace(/\r\n?/g,`
`).split(`

`);if(e=(o.pop()??"")+(n?"\r":""),e.length>16777216)throw new Error("a frame is over 16777216 long");return o.map(Xi)}}function Xi(e){let t=null,n=[];for(let o of e.split(`
`)){let r=o.indexOf(":"),i=r<0?o:o.slice(0,r),s=r<0?"":o.slice(r+1).replace(/^ /,"");i==="id"&&(t=s),i==="data"&&n.push(s)}return{id:t,data:n.length===0?null:n.join(`
`)}}var $o=45e3;async function Eo(e,t){let{after:n,headers:o}=t,r=n===void 0?{}:{"last-event-id":String(n)},i=await e.prepare({method:"GET",path:"/v1/events"},{headers:{...o,accept:"text/event-stream",...r}}),s=Yi(t.signal,i),a=(await s.over(()=>Qi(e,i,s.signal))).getReader(),l=new TextDecoder,d=bo();return{async read(){let{done:c,value:p}=await s.over(()=>a.read());return c?null:d(l.decode(p,{stream:!0}))},close:s.close}}async function Qi({fetch:e},{method:t,url:n,headers:o},r){let i={method:t,url:n,headers:o},s=await e(n,{method:t,headers:o,signal:r,redirect:"error"});if(s.status>=400)throw gt(await Jt(s),i);let a=s.headers.get("content-type")??"";if(s.body===null||!a.startsWith("text/event-stream"))throw qe(s.status,i);return s.body}function Yi(e,t){let n=new AbortController;return{signal:e===void 0?n.signal:AbortSignal.any([e,n.signal]),close:()=>n.abort(),async over(o){let r=!1,i=setTimeout(()=>{r=!0,n.abort()},$o);try{return await o()}catch(s){throw n.abort(),e?.throwIfAborted(),s instanceof T||s instanceof H?s:Zt(s,{timeoutMs:r?$o:null,outgoing:t})}finally{clearTimeout(i)}}}}var Ji=3e4;function xo(e,t){let{signal:n,headers:o}=t,r=t.since,i=null,s=0,a=!1,l=performance.now();async function d(){let p=i===null;i??=await Eo(e,{after:r,signal:n,headers:o});let f=await i.read();if(f===null)throw new H("unreachable","daxd has ended the stream of events");return p&&t.onOpen?.(),a=!0,s=0,l=performance.now(),f}async function c(p){if(!(p instanceof T||p instanceof H))throw p;s+=1;let m=p instanceof T?p.retry_after_s??0:0,h={error:p,retryAfterMs:m*1e3},y=_t(h,s),g=a?Number.POSITIVE_INFINITY:Ji;if(performance.now()+y-l>(t.giveUpAfterMs??g)||!vt(h,!0))throw p;t.onLost?.({error:p,pauseMs:y}),await pe(y,n)}return{async next(){for(;;)try{let p=await d(),f=p.findLast(({id:m})=>m!==null&&m!=="");return f!==void 0&&(r=Number(f.id)),p.flatMap(({data:m})=>m===null?[]:[JSON.parse(m)])}catch(p){i?.close(),i=null,n?.throwIfAborted(),await c(p)}},close(){i?.close()}}}function Co(e){return Object.assign((t={})=>Zi(e,t),{list:(t,n)=>D(e,{path:"/v1/events",query:{...t}},n)})}async function*Zi(e,t){let n=xo(e,t);try{for(;;)yield*await n.next()}finally{n.close()}}function Oo(e){let t=n=>A`/v1/handles/${n}`;return{list:(n,o)=>D(e,{path:"/v1/handles",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o,r)=>e.call({method:"POST",path:A`/v1/devices/${n}/handles`,body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function ae(e){let t=n=>A`/v1/leases/${n}`;return{list:(n,o)=>D(e,{path:"/v1/leases",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o)=>e.call({method:"POST",path:"/v1/leases",body:n},o),renew:(n,o,r)=>e.call({method:"POST",path:`${t(n)}/renew`,body:o??{},isRepeatable:!0},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function So(e){let t="/v1/mappings",n=o=>A`/v1/mappings/${o}`;return{list:(o,r)=>D(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>e.call({method:"POST",path:t,body:o},r),translate:(o,r,i)=>e.call({method:"GET",path:`${n(o)}/translate`,query:{offset:r}},i),delete:(o,r)=>e.call({method:"DELETE",path:n(o)},r)}}function To(e){let t="/v1/namespaces",n=o=>A`/v1/namespaces/${o}`;return{list:(o,r)=>D(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>ee(e,{method:"POST",path:t,body:o},r),patch:(o,r,i)=>e.call({method:"PATCH",path:n(o),body:r},i),delete:(o,r,i)=>ee(e,{method:"DELETE",path:n(o),query:{...r}},i)}}function ko(e){let t=o=>A`/v1/operations/${o}`,n=(o,r)=>e.call({method:"GET",path:t(o)},r);return{list:(o,r)=>D(e,{path:"/v1/operations",query:{...o}},r),get:n,cancel:(o,r)=>e.call({method:"DELETE",path:t(o)},r),async wait(o,r={}){let{signal:i,headers:s,timeoutMs:a}=r,l=typeof o=="string"?await n(o,{signal:i,headers:s,timeoutMs:a}):o;return en(e,l,r)}}}function Po(e){let t=n=>A`/v1/regions/${n}`;return{list:(n,o)=>D(e,{path:"/v1/regions",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),map:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`},o),summary:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`,query:{summary:!0}},o),create:(n,o)=>e.call({method:"POST",path:"/v1/regions",body:n},o),patch:(n,o,r)=>e.call({method:"PATCH",path:t(n),body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function Do(e){let t=(n,o=[])=>r=>e.call({method:"GET",path:n,accepts:o},r);return{batch:(n,o)=>e.call({method:"POST",path:"/v1/batch",body:n},o),reconciliation:{get:t("/v1/reconciliation"),act:(n,o)=>e.call({method:"POST",path:"/v1/reconciliation",body:n},o)},host:t("/v1/host"),whoami:t("/v1/whoami"),health:{live:t("/livez"),ready:t("/readyz",[503])},export:{daxctl:t("/v1/export/daxctl"),ndctl:t("/v1/export/ndctl")},metrics:n=>e.call({method:"GET",path:"/metrics"},{...n,headers:{accept:"text/plain",...n?.headers}}),openapi:t("/openapi.json")}}function Ro(e){let t=n=>A`/v1/tenants/${n}`;return{list:(n,o)=>D(e,{path:"/v1/tenants",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>e.call({method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}var Ao=1/3,es=1/20,ts=1e3,ns=1e3,os=500,rs=500,is=1e3;function wt(e,t,n={}){let o=new AbortController,{lease:r,sentAt:i}=t,s=new AbortController,a=Promise.resolve(),l=()=>i+r.ttl_ms-performance.now();async function d(m){let{signal:h}=s,y=performance.now();r=await ae(e).renew(r.id,{},{signal:h,timeoutMs:m}),i=y,n.onRenew?.(r)}async function c(m){let h=m;for(;;){let y=r.ttl_ms*Ao,g=l()>0?Math.min(y,l()):is;try{if(l()<=0&&!h)throw new Error("its time has passed");return await d(g),!0}catch(v){if(s.signal.aborted)return!1;if(ss(v)||l()<=0)return o.abort(new ze(r,v)),!1;n.onRenewFailure?.({error:v,leftMs:l()})}let w=Math.min(r.ttl_ms*es,ts);h=await p(Math.min(w/2+Math.random()*w/2,l()))}}async function p(m){let h=performance.now()+m;for(let y=m;y>0;y=h-performance.now()){let g=Date.now()-performance.now();if(await pe(Math.min(y,ns),s.signal),Date.now()-performance.now()-g>os)return!0}return performance.now()-h>rs}async function f(){for(let m=!0;m;){let h=i+r.ttl_ms*Ao-performance.now();m=await c(await p(h))}}return{lost:o.signal,lease:()=>r,start(){if(o.signal.aborted)return;s=new AbortController;let{signal:m}=s;a=f().catch(h=>{if(!m.aborted)throw h})},async stop(){s.abort(),await a}}}function ss(e){return e instanceof T&&(e.status===410||e.status===404)}var as=3e4;async function No(e,{name:t=`claim-${yt()}`,...n},{onRenew:o,onRenewFailure:r,ifBusy:i,...s}={}){let a={ttl_ms:as,...n},l=ls(await Ge(e).put(t,a,s)),d=performance.now(),c=await ae(e).renew(l.lease,{},{signal:s.signal}),p=wt(e,{lease:c,sentAt:d},{onRenew:o,onRenewFailure:r});p.start();let f=!1;async function m(h,y){await p.stop();try{let g=await Mo(e,{claim:l,keeper:p,query:h},y);return f=!0,g}catch(g){throw p.start(),g}}return{...l,lost:p.lost,token:c.token,release:m,async[Symbol.asyncDispose](){if(f)return;await p.stop(),await Mo(e,{claim:l,keeper:p,query:i===void 0?{}:{if_busy:i}})}}}async function Mo(e,{claim:t,keeper:n,query:o},r){let{name:i,created_at:s}=t,{delete:a,get:l}=Ge(e);try{return await a(i,o,{...r,fencingToken:n.lease().token})}catch(d){if(tn(d,404))return;if(!tn(d,410))throw d}try{let d=await l(i,r);return d.created_at!==s?void 0:await a(i,o,{...r,ifMatch:d.revision})}catch(d){if(tn(d,404))return;throw d}}function tn(e,t){return e instanceof T&&e.status===t}function ls(e){if(e.problem!==null)throw new T(e.problem);let{chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a}=e;if(t!==null&&n!==null&&o!==null&&r!==null&&i!==null&&s!==null&&a!==null)return{...e,chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a};throw new Error(`Claim ${e.name} is ${e.state} and cannot be held.`)}var cs=3e4;async function Vo(e,{ttl_ms:t=cs,...n},o={}){let{onRenew:r,onRenewFailure:i,...s}=o,a=performance.now(),l=await ae(e).create({...n,ttl_ms:t},s),d=wt(e,{lease:l,sentAt:a},{onRenew:r,onRenewFailure:i});d.start();async function c(p){await d.stop(),await ae(e).delete(l.id,p).catch(us)}return{id:l.id,token:l.token,lost:d.lost,current:d.lease,release:c,[Symbol.asyncDispose]:()=>c()}}function us(e){if(!(e instanceof T)||e.status!==404)throw e}function nn(e={}){let t=vo(e);return{...Do(t),regions:Po(t),namespaces:To(t),devices:wo(t),handles:Oo(t),mappings:So(t),leases:ae(t),claims:Ge(t),operations:ko(t),tenants:Ro(t),audit:_o(t),events:Co(t),claim:(n,o)=>No(t,n,o),lease:(n,o)=>Vo(t,n,o)}}var on=Wn(null);function _(){let e=Qn(on);if(e===null)throw new Error("a component stands outside of the app");return e}var ds=8e3;function Lo(){let e=O(""),t;return{said:e,say(n){clearTimeout(t),e.value=n,t=setTimeout(()=>{e.value=""},ds)}}}var rn=1e5;function Io(){let e=new Map,t=new Map,n=O(0),o=!0,r=!0,i=(s,a)=>`${s} ${a}`;return{version:n,isComplete:()=>o,put(s,{id:a,chardev:l,created_at:d}){let c=i(s,a);if(e.has(c))return;if(e.size>=rn){o=!1;return}e.set(c,{id:a,chardev:l,created_at:d});let p=t.get(l)??new Set;t.set(l,p.add(c)),r=!1},remove(s,a){let l=i(s,a),d=e.get(l);if(d===void 0)return null;e.delete(l);let c=t.get(d.chardev);return c?.delete(l),c?.size===0&&t.delete(d.chardev),r=!1,d.chardev},count(s,{chardev:a,created_at:l}){let d=0;for(let c of t.get(a)??[])c.startsWith(`${s} `)&&(e.get(c)?.created_at??"")>=l&&(d+=1);return d},clear(){e.clear(),t.clear(),o=!0,r=!1},tell(){r||(r=!0,n.value+=1)}}}var ps=3e3;function Wo(e,t){let{daxd:n,session:o}=e,r=O({state:"loading"}),i=fs(e,r);async function s(){for(;!t.aborted;)try{o.recognised(await n.whoami({signal:t})),await i.follow(t)}catch(l){if(t.aborted)return;await a(l)}}async function a(l){l instanceof T&&l.status===401?(r.value={state:"waiting"},o.refused(),await ms(o),r.value={state:"loading"}):l instanceof T&&l.code==="events_gone"||(Ho(r,l),await new Promise(d=>setTimeout(d,ps)))}return s(),r}function Ho(e,t){let n=t instanceof Error?t.message:String(t),o=e.value,r=o.state==="reconnecting"?o.sinceMs:Date.now();e.value={state:"reconnecting",sinceMs:r,why:n}}function ms({isTokenWanted:e}){return new Promise(t=>{let n=e.subscribe(o=>{o||(queueMicrotask(()=>n()),t())})})}function fs(e,t){let{daxd:n,state:o,session:r,loaded:i}=e;async function s(){o.beginLoad();let d=[["regions:read",()=>Ee(n.regions.list(),o.regions.put)],["namespaces:read",()=>Ee(n.namespaces.list(),o.namespaces.put)],["claims:read",()=>Ee(n.claims.list(),o.claims.put)],["devices:read",()=>Ee(n.devices.list(),o.devices.put)],["devices:read",()=>Ee(n.devices.list({state:"removed"}),o.noteRemoved)],["leases:read",()=>Ee(n.leases.list(),o.leases.put)],["operations:read",()=>Ee(n.operations.list(),o.operations.put)],["handles:read",()=>a("handle")],["mappings:read",()=>a("mapping")]];for(let[c,p]of d)r.may(c)&&await p(),o.tell();o.endLoad(),i()}async function a(d){let c=d==="handle"?n.handles.list():n.mappings.list(),p=rn;for await(let f of c)if(o.references.put(d,f),p-=1,p<0)break}async function l(d){let c=null,p=new AbortController,f=AbortSignal.any([d,p.signal]);function m(){c===null?(t.value={state:"loading"},c=s(),c.then(()=>{f.aborted||(t.value={state:"live"})},y=>p.abort(y))):t.value={state:"live"}}let h={signal:f,onOpen:m,onLost:({error:y})=>Ho(t,y)};for await(let y of n.events(h))o.apply(y);throw new Error("The stream of events has ended.")}return{follow:l}}async function Ee(e,t){for await(let n of e)t(n)}var Uo=1e3;function Fo(e){let t=0,n=O(Date.now());return setInterval(()=>{n.value=Date.now()+t},Uo),{now:n,async fetch(o,r){let i=await e(o,r),s=Date.parse(i.headers.get("date")??""),a=s-Date.now();return Number.isNaN(s)||(t=Math.abs(a)<=Uo?0:a),i}}}var je=500;function Bo(){let e=O([]),t=O(0),n=[],o=0;return{shown:e,total:t,add(r){o+=1,n.push(r),n.length>2*je&&(n=n.slice(-je))},tell(){n.length!==0&&(e.value=[...n.reverse(),...e.value].slice(0,je),t.value=o,n=[])}}}function xe(e){let t=new Map,n=new Map,o=O(0),r=null,i=!1,s=!0;function a(){return r=null,s=!1,!0}return{version:o,get:l=>t.get(l),rows(){return r??=[...t.values()],r},get size(){return t.size},put(l){let d=e(l),c=Math.max(t.get(d)?.revision??-1,n.get(d)??-1);return l.revision<=c?!1:(t.set(d,l),a())},replace(l){let d=e(l);l.revision<(t.get(d)?.revision??0)||(t.set(d,l),a())},remove(l,d){i&&n.set(l,d);let c=t.get(l);return c===void 0||c.revision>d?!1:(t.delete(l),a())},clear(){t.clear(),n.clear(),a()},remember(l){i=l,l||n.clear()},tell(){s||(s=!0,o.value+=1)}}}function zo({changed:e,lookAgain:t}){let n={region:xe(({id:p})=>String(p)),namespace:xe(({name:p})=>p),device:xe(({chardev:p})=>p),claim:xe(({name:p})=>p),lease:xe(({id:p})=>p),operation:xe(({id:p})=>p)},o=Object.values(n),r=Io(),i=Bo(),s=new Set;function a({chardev:p,revision:f}){s.add(p),n.device.remove(p,f)}function l(p){let{type:f,id:m,revision:h,object:y}=p,g=y;g?.state==="removed"?a(g):g!==void 0?n.device.put(g):f==="deleted"&&s.delete(m)?t(m):n.device.remove(m,h)}function d(p,{id:f,object:m}){m===void 0?r.remove(p,f):r.put(p,m)}function c(p){let{kind:f,id:m,revision:h,object:y}=p;if(f==="device")l(p);else if(f==="handle"||f==="mapping")d(f,p);else if(f in n){let g=n[f];y===void 0?g.remove(m,h):g.put(y)}}return{regions:n.region,namespaces:n.namespace,devices:n.device,claims:n.claim,leases:n.lease,operations:n.operation,references:r,log:i,noteRemoved:a,apply(p){i.add(p),c(p),e()},beginLoad(){for(let p of o)p.clear(),p.remember(!0);r.clear(),s.clear()},endLoad(){for(let p of o)p.remember(!1);e()},tell(){for(let p of o)p.tell();r.tell(),i.tell()}}}function qo(e){let t=!1,n=Number.NEGATIVE_INFINITY,o=globalThis.requestAnimationFrame??(i=>setTimeout(i,0));function r(){t=!1,n=performance.now(),e()}return()=>{if(t)return;t=!0;let i=Math.max(0,n+100-performance.now());i===0?o(r):setTimeout(()=>o(r),i)}}var hs="the host",Go="no owner",an="reserved";function jo({tenant:e,namespace:t},n){return e!==null?e:n!==null?n:t===null?Go:hs}var Ke=8,sn=["solid","rising","dots","columns","falling","rows","grid","checks"],ys=Ke*sn.length,gs=new Map([[Go,{colour:null,pattern:"falling"}],[an,{colour:null,pattern:"rows"}]]),vs={colour:null,pattern:"dots"};function Ko(){let e=new Map;return{of(t){let n=gs.get(t);if(n!==void 0)return n;let o=e.get(t)??e.size;return o>=ys?vs:(e.set(t,o),_s(o))}}}function _s(e){let t=Math.floor(e/Ke);return{colour:e%Ke,pattern:sn[(e+t)%sn.length]??"solid"}}function Xo(e){let t=O(new Map);return{byRegion:t,async read(n){let{items:o}=await e.regions.map(n),r=o.filter(({state:i,chardev:s})=>i==="allocated"&&s===void 0).map(({start:i,end:s})=>({start:i,end:s+1,chardev:null,owner:an}));t.value=new Map([...t.value,[n,r]])}}}var ln={admin:"all",operator:"all",tenant:"own",viewer:"none"},le={admin:"all",operator:"all",tenant:"own",viewer:"all"},Xe={admin:"all",operator:"none",tenant:"own",viewer:"none"},bt={admin:"all",operator:"all",tenant:"none",viewer:"all"},Qo={admin:"all",operator:"all",tenant:"none",viewer:"none"},Yo={admin:"all",operator:"none",tenant:"none",viewer:"none"},Jo={admin:"all",operator:"all",tenant:"all",viewer:"all"},cn={"regions:read":Jo,"regions:map":bt,"regions:change":Qo,"namespaces:read":le,"namespaces:change":ln,"devices:read":le,"devices:change":ln,"handles:read":le,"handles:change":Xe,"mappings:read":le,"mappings:change":Xe,"batch:change":Xe,"leases:read":le,"leases:change":Xe,"claims:read":le,"claims:change":Xe,"operations:read":le,"operations:change":ln,"events:read":le,"reconciliation:read":bt,"reconciliation:change":Qo,"host:read":bt,"metrics:read":bt,"tenants:read":le,"tenants:change":Yo,"audit:read":Yo,"service:read":Jo};function Zo({role:e,tenant:t},n){let o=cn[n][e];return t===null?o==="own"?"none":o:o!=="all"||cn[n].tenant==="all"?o:cn[n].tenant==="own"?"own":"none"}var un="daxd-token";function er(e){let t=O(e.getItem(un)),n=O(!1),o=O(!1),r=O(null),i=Z(()=>{let a=r.value;return l=>a!==null&&Zo(a,l)!=="none"});function s(a){e.removeItem(un),t.value=null,r.value=null,o.value=a,n.value=!0}return{token:()=>t.peek(),isTokenWanted:n,isTokenWrong:o,who:r,may:a=>i.value(a),enter(a){e.setItem(un,a),t.value=a,n.value=!1},leave:()=>s(!1),refused:()=>s(t.peek()!==null),recognised(a){r.value=a,n.value=!1}}}var pn=["system","light","dark"],dn="daxd-theme";function tr(e,t){let n=e.getItem(dn),o=O(pn.find(r=>r===n)??"system");return o.subscribe(r=>{r==="system"?(e.removeItem(dn),delete t.dataset.theme):(e.setItem(dn,r),t.dataset.theme=r)}),{theme:o,isExact:O(!1)}}var mn=["regions","devices","claims","leases","operations","host","events"],ws={view:"regions",id:null};function fn(e){let[t="",...n]=e.replace(/^#?\/?/,"").split("/");if(!bs(t))return ws;let o=$s(n.join("/"));return{view:t,id:o===""?null:o}}function U(e,t=null){return t===null?`#/${e}`:`#/${e}/${encodeURIComponent(t)}`}function bs(e){return mn.includes(e)}function $s(e){try{return decodeURIComponent(e)}catch{return e}}var or=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var s=t[i++],a=t[i]?(t[0]|=s?1:2,n[t[i++]]):t[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[t[++i]]=a:s===6?o[1][t[++i]]+=a+"":s?(r=e.apply(a,or(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(a)}return o},nr=new Map;function rr(e){var t=nr.get(this);return t||(t=new Map,nr.set(this,t)),(t=or(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,i=1,s="",a="",l=[0],d=function(f){i===1&&(f||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,f,s):i===3&&(f||s)?(l.push(3,f,s),i=2):i===2&&s==="..."&&f?l.push(4,f,0):i===2&&s&&!f?l.push(5,0,!0,s):i>=5&&((s||!f&&i===5)&&(l.push(i,0,s,r),i=6),f&&(l.push(i,f,0,r),i=6)),s=""},c=0;c<n.length;c++){c&&(i===1&&d(),d(c));for(var p=0;p<n[c].length;p++)o=n[c][p],i===1?o==="<"?(d(),l=[l],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(d(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[c][p+1]===">")?(d(),i===3&&(l=l[0]),i=l,(l=l[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(d(),i=2):s+=o),i===3&&s==="!--"&&(i=4,l=l[0])}return d(),l})(e)),t),arguments,[])).length>1?t:t[0]}var u=rr.bind(Ve);var ir=O(Es());function Es(){return{owners:[],nobody:"#888",free:"#ddd",freeEdge:"#aaa",ground:"#fff",ink:"#000"}}function Et(){return ir}function yn(e){let t=getComputedStyle(e),n=o=>t.getPropertyValue(`--${o}`).trim();hn.clear(),ir.value={owners:Array.from({length:Ke},(o,r)=>n(`owner-${r}`)),nobody:n("owner-nobody"),free:n("free"),freeEdge:n("free-edge"),ground:n("ground"),ink:n("ink")}}var $t=8,xs=.42,hn=new Map;function Qe(e,{owners:t,nobody:n,ground:o},{colour:r,pattern:i}){let s=(r===null?n:t[r])??n;if(i==="solid")return s;let a=`${s} ${i}`,l=hn.get(a);if(l!==void 0)return l;let d=document.createElement("canvas");d.width=$t,d.height=$t;let c=d.getContext("2d");if(c===null)return s;c.fillStyle=s,c.fillRect(0,0,$t,$t),c.strokeStyle=o,c.fillStyle=o,c.globalAlpha=xs,c.lineWidth=1.5,Cs[i](c);let p=e.createPattern(d,"repeat")??s;return hn.set(a,p),p}function ne(e,...t){e.beginPath();for(let[n,o]of t)e.lineTo(n,o);e.stroke()}var Cs={solid:()=>{},rising(e){ne(e,[-1,5],[5,-1]),ne(e,[3,9],[9,3])},falling(e){ne(e,[-1,3],[5,9]),ne(e,[3,-1],[9,5])},rows(e){ne(e,[0,2],[8,2]),ne(e,[0,6],[8,6])},columns(e){ne(e,[2,0],[2,8]),ne(e,[6,0],[6,8])},grid(e){ne(e,[0,4],[8,4]),ne(e,[4,0],[4,8])},dots(e){for(let[t,n]of[[2,2],[6,6]])e.beginPath(),e.arc(t,n,1.3,0,2*Math.PI),e.fill()},checks(e){e.fillRect(0,0,4,4),e.fillRect(4,4,4,4)}};var Os=new Intl.Collator("en",{numeric:!0});function Te(e,t){return Os.compare(e,t)||(e<t?-1:+(e>t))}var gn=class extends Error{name="InvariantViolation"};function xt(e,t,n){if(e)return;let o=n===void 0?"":` (${JSON.stringify(n)})`;throw new gn(`${t}${o}`)}var sr={EINVAL:422,EACCES:403,EPERM:403,ENOENT:404,EBUSY:409,EEXIST:409,ENXIO:409,ETIMEDOUT:409,SIGBUS:410,ESTALE:410,EOVERFLOW:422,ENOSPC:507,EOPNOTSUPP:501,EIO:502,EAGAIN:503,ECANCELED:409},Ct={malformed:{errno:"EINVAL",status:400,title:"The request is malformed"},overflow:{errno:"EOVERFLOW",title:"A number is beyond 2^53-1"},bad_cursor:{errno:"EINVAL",status:400,title:"The cursor is not one of ours"},bad_reference:{errno:"EINVAL",title:"The batch reference cannot be resolved"},unauthorized:{errno:null,status:401,title:"Credentials are missing or wrong"},forbidden_name:{errno:"EPERM",title:"The name is not one of the tenant"},tenant_unknown:{errno:"EPERM",title:"The tenant is not defined"},tenant_leaving:{errno:"EBUSY",title:"The tenant is being deleted"},tenant_busy:{errno:"EBUSY",title:"The tenant has objects"},prefix_taken:{errno:"EEXIST",title:"The prefix begins names of another tenant"},forbidden:{errno:"EPERM",title:"The caller may not do this"},rate_limited:{errno:"EAGAIN",status:429,title:"The caller asks too often"},too_many_failures:{errno:"EAGAIN",status:429,title:"Too many wrong credentials came from there"},keys_unavailable:{errno:"EAGAIN",title:"The issuer's keys cannot be had"},no_route:{errno:"ENOENT",title:"There is nothing at this path"},method_not_allowed:{errno:null,status:405,title:"The path has no such method"},precondition_failed:{errno:null,status:412,title:"The object has changed"},body_too_large:{errno:null,status:413,title:"The body is too large"},headers_too_large:{errno:null,status:431,title:"The headers are too large"},request_timeout:{errno:null,status:408,title:"The request did not arrive in time"},unsupported_media_type:{errno:null,status:415,title:"The media type is not understood"},idempotency_conflict:{errno:null,status:422,title:"The idempotency key was used for another request"},zero_size:{errno:"EINVAL",title:"The size is zero"},misaligned_size:{errno:"EINVAL",title:"The size is misaligned"},misaligned_start:{errno:"EINVAL",title:"The start is misaligned"},misaligned_range:{errno:"EINVAL",title:"A range is misaligned"},range_outside:{errno:"EINVAL",title:"A range lies outside the region"},range_taken:{errno:"EBUSY",title:"A range is taken"},ranges_mismatch:{errno:"EINVAL",title:"The ranges do not add up to the size"},unsupported_align:{errno:"EINVAL",title:"The alignment is not supported"},unsupported_ranges:{errno:"EOPNOTSUPP",title:"Exact ranges need a dynamic region"},too_small:{errno:"EINVAL",title:"The size leaves nothing usable"},no_memory_block:{errno:"EINVAL",title:"The device holds no whole memory block"},no_space:{errno:"ENOSPC",title:"The region has not enough room"},no_region:{errno:"ENOSPC",title:"No region fits the request"},quota_exhausted:{errno:"ENOSPC",title:"The quota of the tenant is used up"},share_exhausted:{errno:"ENOSPC",title:"The share has not enough left"},no_pool:{errno:"ENOSPC",title:"No pool namespace fits the request"},no_hole:{errno:"ENOSPC",title:"No aligned hole is left"},no_such_region:{errno:"ENOENT",title:"No such region"},no_such_share:{errno:"ENOENT",title:"No such share of the region"},no_such_namespace:{errno:"ENOENT",title:"No such namespace"},no_such_device:{errno:"ENOENT",title:"No such device"},no_such_handle:{errno:"ENOENT",title:"No such handle"},no_such_mapping:{errno:"ENOENT",title:"No such mapping"},no_such_lease:{errno:"ENOENT",title:"No such lease"},no_such_claim:{errno:"ENOENT",title:"No such claim"},no_such_tenant:{errno:"ENOENT",title:"No such tenant"},no_such_operation:{errno:"ENOENT",title:"No such operation"},no_such_item:{errno:"ENOENT",title:"No such reconciliation item"},name_taken:{errno:"EEXIST",title:"The name is taken by a different request"},uuid_taken:{errno:"EEXIST",title:"The uuid is taken"},region_overlap:{errno:"EBUSY",title:"The region overlaps another"},region_busy:{errno:"EBUSY",title:"The region has devices in it"},share_busy:{errno:"EBUSY",title:"More of the share is in use"},owned_by_namespace:{errno:"EBUSY",title:"A namespace owns the device"},owned_by_claim:{errno:"EBUSY",title:"A claim owns the object"},unsupported:{errno:"EOPNOTSUPP",title:"Not supported here"},busy:{errno:"EBUSY",title:"The object is in use"},device_enabled:{errno:"EBUSY",title:"The device must be disabled first"},draining:{errno:"EBUSY",title:"The device is draining"},in_transition:{errno:"EBUSY",title:"Another change of the object is under way"},device_disabled:{errno:"ENXIO",title:"The device is not enabled"},empty_device:{errno:"ENXIO",title:"The device has no memory"},system_ram:{errno:"ENXIO",title:"The device is used as system memory"},stale_generation:{errno:"ESTALE",title:"The generation has ended"},stale_holders:{errno:"EBUSY",title:"An earlier generation is still open"},drain_timeout:{errno:"ETIMEDOUT",title:"The device was still in use at the time-out"},cancelled:{errno:"ECANCELED",title:"The operation was cancelled"},not_cancellable:{errno:"EBUSY",title:"The operation cannot be cancelled"},lease_expired:{errno:"ESTALE",title:"The lease has expired"},stale_token:{errno:"ESTALE",title:"The fencing token is void"},lease_mismatch:{errno:"EINVAL",title:"The lease belongs to another holder"},access_denied:{errno:"EACCES",title:"The handle does not allow this protection"},zero_length:{errno:"EINVAL",title:"The length is zero"},unknown_flag:{errno:"EOPNOTSUPP",title:"A flag is unknown"},not_shared:{errno:"EINVAL",title:"The mapping is not shared"},hugetlb:{errno:"EINVAL",title:"MAP_HUGETLB does not apply to a dax device"},misaligned_offset:{errno:"EINVAL",title:"The offset is misaligned"},misaligned_length:{errno:"EINVAL",title:"The length is misaligned"},needs_dontfork:{errno:"EINVAL",title:"A device without struct pages needs dontfork"},out_of_range:{errno:"EINVAL",title:"The range is not inside the device"},straddles_ranges:{errno:"EINVAL",title:"A unit lies across two ranges"},overlap:{errno:"EBUSY",title:"The range overlaps a live mapping"},revoked:{errno:"SIGBUS",title:"The mapping was revoked"},fault:{errno:"SIGBUS",title:"The access would fault"},wipe_unverified:{errno:"EIO",title:"The memory was not zero after it was wiped"},internal:{errno:null,status:500,title:"Internal error"},backend_failed:{errno:"EIO",title:"The host refused the change"},cdi_failed:{errno:"EIO",title:"The CDI directory cannot be written"},backend_timeout:{errno:"EIO",title:"The host did not answer in time"},host_hung:{errno:"EAGAIN",title:"An earlier call of the host has not returned"},needs_repair:{errno:"EIO",title:"An earlier change failed half-way"},overloaded:{errno:"EAGAIN",title:"Too much is waiting"},shutting_down:{errno:"EAGAIN",title:"The service is stopping"},ledger_full:{errno:"ENOSPC",title:"The state directory is full"},ledger_stalled:{errno:"EAGAIN",title:"The disk does not answer"},ledger_failed:{errno:"EIO",status:503,title:"The ledger cannot be written"},events_gone:{errno:"ESTALE",title:"The events asked for are no longer kept"}};var Ot=class extends Error{name="DaxError";code;facts;constructor(t,n,o={},r){super(n,r===void 0?void 0:{cause:r}),this.code=t,this.facts=o}get errno(){return Ct[this.code].errno}get status(){return Ss(this.code)}get title(){return Ct[this.code].title}};function Ss(e){let t=Ct[e];return t.status!==void 0?t.status:t.errno===null?500:sr[t.errno]}var ar=1024,Ts=1024*ar,ks=1024*Ts,ud=1024*ks,dd=4*ar;function z(e){return xt(Number.isSafeInteger(e)&&e>=0,"bytes are an integer in 0..2^53-1",e),e}function lr(e,t){let n=e+t;if(Number.isSafeInteger(n))return n;throw new Ot("overflow",`${e} + ${t} bytes is beyond 2^53-1.`)}function cr(e,t){return z(e-e%t)}function ur(e,t){return e>t?e:t}function Ye(e){return z(e.start+e.size)}function dr(e){let t=z(0);for(let n of e)t=lr(t,n.size);return t}function Ps(e){return[...e].sort((t,n)=>t.start-n.start)}function pr(e,t){let n=[],o=Ye(e),r=e.start;for(let i of Ps(t)){if(i.start>=o)break;i.start>r&&n.push({start:r,size:z(i.start-r)}),Ye(i)>r&&(r=Ye(i))}return r<o&&n.push({start:r,size:z(o-r)}),n}function mr(e,t,n){let o=[];for(let r of pr(e,t)){let i=cr(Ye(r),n),s=r.start%n,a=s===0?r.start:r.start+(n-s);a<i&&o.push({start:z(a),size:z(i-a)})}return o}function fr(e){return dr(e)}function hr(e){return e.reduce((t,n)=>ur(t,n.size),z(0))}function yr(e,t){let n=e.start+e.size,o=[],r=e.start,i=[...t].sort((s,a)=>s.start-a.start||s.end-a.end);for(let s of i){let a=Math.max(s.start,r),l=Math.min(s.end,n);a>=l||(a>r&&o.push({start:r,end:a,chardev:null,owner:null}),o.push({start:a,end:l,chardev:s.chardev,owner:s.owner}),r=l)}return r<n&&o.push({start:r,end:n,chardev:null,owner:null}),o}function vn(e,{namespace:t,claim:n}){let o=e.namespace===null?void 0:t(e.namespace),r=o?.claim?n(o.claim)?.holder??null:null;return jo(e,r)}function Ds(e,t,n){let{chardev:o,namespace:r,ranges:i}=e,s=vn(e,n),[a]=i,l=r===null?void 0:n.namespace(r)?.size;return t.kind==="static"&&a!==void 0&&l!==void 0&&l>a.size?[{start:a.end+1-l,end:a.end+1,chardev:o,owner:s}]:i.map(({start:d,end:c})=>({start:d,end:c+1,chardev:o,owner:s}))}function gr(e,t,n,o){let r=t.filter(({ranges:c})=>c.length>0),i=[...r.flatMap(c=>Ds(c,e,o)),...n],s=yr(e,i),a=mr({start:z(e.start),size:z(e.size)},i.map(({start:c,end:p})=>({start:z(c),size:z(p-c)})),z(e.granularity)),l=new Map;for(let{owner:c,start:p,end:f}of s)c!==null&&l.set(c,(l.get(c)??0)+f-p);let d=[...l].map(([c,p])=>({owner:c,bytes:p}));return d.sort((c,p)=>p.bytes-c.bytes||(c.owner<p.owner?-1:1)),{pieces:s,available:fr(a),largest:hr(a),holes:a.length,deviceCount:r.length,owners:d}}function vr(e,t){let{namespaces:n,claims:o,references:r}=e,i={namespace:n.get,claim:o.get},s=Z(()=>(e.regions.version.value,[...e.regions.rows()].sort((c,p)=>c.id-p.id))),a=Z(()=>(e.devices.version.value,e.devices.rows().filter(({size:c,namespace:p})=>c>0||p!==null).sort((c,p)=>Te(c.chardev,p.chardev)))),l=Z(()=>{n.version.value,o.version.value;let c=Map.groupBy(a.value,({region:p})=>p);return new Map(s.value.map(p=>{let{id:f}=p,m=t.value.get(f)??[];return[f,gr(p,c.get(f)??[],m,i)]}))}),d=Z(()=>(e.operations.version.value,e.operations.rows().filter(({finished_at:c})=>c===null)));return{regions:s,devices:a,occupancies:l,unfinished:d,ownerOf:c=>vn(c,i),refsOf(c){return r.version.value,r.isComplete()?{handles:r.count("handle",c),mappings:r.count("mapping",c)}:c.refs}}}var _n=["B","KiB","MiB","GiB","TiB","PiB"];function X(e){let t=e,n=0;for(;t>=1024&&n<_n.length-1;)t/=1024,n+=1;return Number(t.toFixed(2))>=1024&&n<_n.length-1&&(t/=1024,n+=1),`${Number(t.toFixed(2))} ${_n[n]}`}function _r(e){return`${me(e)} ${e===1?"byte":"bytes"}`}function me(e){return String(e).replace(/\B(?=(?:\d{3})+$)/g,",")}function Q(e){return`0x${e.toString(16)}`}function wr(e){return`${X(Math.round(e))}/s`}function Je(e,t){if(t<=0)return"0 %";let n=e/t*100;return e>0&&n<.1?"< 0.1 %":e<t&&n>99.9?"> 99.9 %":n<10?`${Number(n.toFixed(1))} %`:`${Math.min(n<100?99:100,Math.round(n))} %`}function M(e,t,n=`${t}s`){return`${me(e)} ${e===1?t:n}`}function fe(e){let t=Math.max(0,e),n=(o,r)=>String(Math.floor(t%r/o)).padStart(2,"0");return t>=864e5?`${Math.floor(t/864e5)}d ${n(36e5,864e5)}h`:t>=36e5?`${Math.floor(t/36e5)}h ${n(6e4,36e5)}m`:t>=6e4?`${Math.floor(t/6e4)}m ${n(1e3,6e4)}s`:`${Math.floor(t/1e3)}s`}function br(e){let t=new Date(e);return[t.getHours(),t.getMinutes(),t.getSeconds()].map(n=>String(n).padStart(2,"0")).join(":")}function St(e,t){let n=t-Date.parse(e);return n<10*1e3?"just now":n<6e4?`${Math.floor(n/1e3)} s ago`:n<36e5?`${Math.floor(n/6e4)} min ago`:n<864e5?`${Math.floor(n/36e5)} h ago`:`${Math.floor(n/864e5)} d ago`}function x({bytes:e}){let{settings:t}=_(),n=t.isExact.value?`${me(e)} B`:X(e);return u`<span class="size" title=${_r(e)}>${n}</span>`}var Rs={enabled:"good",active:"good",succeeded:"good",live:"good",pass:"good",creating:"busy",draining:"busy",wiping:"busy",deleting:"busy",releasing:"busy",queued:"busy",running:"busy",warn:"busy",failed:"bad",fail:"bad"},As={good:"\u25CF",busy:"\u25D0",quiet:"\u25CB",bad:"\u25B2"};function G({state:e}){let t=Rs[e]??"quiet";return u`<span class=${`state ${t}`}
    ><span class="mark" aria-hidden="true">${As[t]}</span>${e}</span
  >`}var wn=34,$r=8,Ms=16;function oe(e){let{label:t,columns:n,rows:o,idOf:r,empty:i,chosen:s=null}=e,[a,l]=$(null),[d,c]=$(0),p=j(null),f=Vs(o,n,a),m=Math.max(0,Math.min(Math.floor(d/wn),f.length)-$r),h=f.slice(m,m+Ms+2*$r),y=f.length-m-h.length;function g(w){let v={ArrowDown:1,ArrowUp:-1}[w.key],E=w.target.closest("tr")?.dataset.at;if(v===void 0||E===void 0||!(w.target instanceof HTMLAnchorElement))return;let b=p.current?.querySelector(`tr[data-at="${Number(E)+v}"] a`);b!=null&&(w.preventDefault(),b.focus())}return o.length===0?u`<p class="empty">${i}</p>`:u`<div
    class="scroll"
    ref=${p}
    tabindex="0"
    role="region"
    aria-label=${t}
    onScroll=${w=>c(w.currentTarget.scrollTop)}
    onKeyDown=${g}
  >
    <table aria-rowcount=${f.length+1}>
      <caption class="unseen">
        ${t}
      </caption>
      <thead>
        <tr>
          ${n.map(w=>Ns(w,a,l))}
        </tr>
      </thead>
      <tbody>
        ${m>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${m*wn}px`}}></td></tr>`}
        ${h.map((w,v)=>u`<tr
              key=${r(w)}
              data-at=${m+v}
              aria-rowindex=${m+v+2}
              class=${r(w)===s?"chosen":""}
            >
              ${n.map(({cell:E,isNumber:b},W)=>W===0?u`<th scope="row">${E(w)}</th>`:u`<td class=${b?"number":""}>${E(w)}</td>`)}
            </tr>`)}
        ${y>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${y*wn}px`}}></td></tr>`}
      </tbody>
    </table>
  </div>`}function Ns({name:e,key:t,isNumber:n},o,r){let i=o?.name===e,s=o?.isDown?"descending":"ascending";return u`<th
    scope="col"
    class=${n?"number":""}
    aria-sort=${i?s:void 0}
  >
    ${t===void 0?e:u`<button type="button" class="sort" onClick=${()=>r({name:e,isDown:i&&o?.isDown===!1})}>
            ${e}<span
              aria-hidden="true">${i?o?.isDown?" \u2193":" \u2191":""}</span>
          </button>`}
  </th>`}function Vs(e,t,n){let o=t.find(({name:i})=>i===n?.name)?.key;if(o===void 0||n===null)return e;let r=n.isDown?-1:1;return Ls(e,o).sort((i,s)=>r*Is(i.key,s.key)).map(({row:i})=>i)}function Ls(e,t){return e.map(n=>({row:n,key:t(n)}))}function Is(e,t){return typeof e=="number"&&typeof t=="number"?e-t:Te(String(e),String(t))}var Ws=.2;function Tt({lease:e}){let{now:t}=_(),n=Date.parse(e.expires_at)-t.value,o=n<e.ttl_ms*Ws;return u`<span class=${o?"time soon":"time"}>
    <meter
      min="0"
      max=${e.ttl_ms}
      value=${Math.max(0,n)}
      aria-label=${`Time left of lease ${e.id}`}
    ></meter>
    <span class="number">${n<=0?"ending":fe(n)}</span>
  </span>`}function I({title:e,children:t}){let{dialog:n}=_(),o=j(null);return B(()=>{let i=document.activeElement;return o.current?.showModal(),()=>{let s=i instanceof HTMLElement&&i.isConnected,a=document.querySelector("main h1"),l=s?i:a;l instanceof HTMLElement&&l.focus()}},[]),u`<dialog ref=${o} aria-labelledby="dialog-title" onClose=${()=>{n.value=null}}>
    <h2 id="dialog-title">${e}</h2>
    ${t}
  </dialog>`}function F({label:e,value:t,onValue:n,hint:o,isRequired:r,options:i}){let s=Yn(),a=o===void 0?void 0:`${s}-hint`,l=d=>n(d.target.value);return u`<div class="field">
    <label for=${s}>${e}</label>
    ${i===void 0?u`<input
            id=${s}
            type="text"
            value=${t}
            required=${r}
            autocomplete="off"
            spellcheck=${!1}
            aria-describedby=${a}
            onInput=${l}
          />`:u`<select id=${s} aria-describedby=${a} value=${t} onChange=${l}>
            ${i.map(([d,c])=>u`<option value=${d}
              selected=${d===t}>${c}</option>`)}
          </select>`}
    ${o!==void 0&&u`<small id=${a}>${o}</small>`}
  </div>`}function Hs(e){switch(e.kind){case"process":return`process ${e.comm} (pid ${e.pid})`;case"handle":case"mapping":return`${e.kind} ${e.id} of ${e.holder}`;case"others":return e.count===1?"somebody of another tenant":`${e.count} of other tenants`;default:return`${e.kind} ${e.id}`}}function R({failure:e,onSize:t}){if(!(e instanceof T))return Fs(e);let{problem:n,errno:o,code:r,status:i}=e,{detail:s,title:a,holders:l=[],issues:d=[],suggested_size:c,request_id:p}={request_id:void 0,...n};return u`<div class="problem" role="alert">
    <p class="what">${s??a}</p>
    <p class="codes">${[o,r,`HTTP ${i}`,p].filter(Boolean).join(" \xB7 ")}</p>
    ${Us(e)}
    ${d.length>0&&u`<ul>
        ${d.map(({path:f,message:m})=>u`<li><code>${f}</code> ${m}</li>`)}
      </ul>`}
    ${l.length>0&&u`<p>In the way:</p>
        <ul>
          ${l.map(f=>u`<li>${Hs(f)}</li>`)}
        </ul>`}
    ${c!==void 0&&t!==void 0&&u`<button type="button" onClick=${()=>t(c)}>
        Take <${x} bytes=${c} /> instead
      </button>`}
  </div>`}function Us({suggested_size:e,available_size:t,max_available_extent:n}){let r=[["Would succeed",e],["Available",t],["Largest free extent",n]].filter(([,i])=>i!==void 0);return r.length===0?null:u`<dl class="numbers">
    ${r.map(([i,s])=>u`<div><dt>${i}</dt><dd><${x} bytes=${s} /></dd></div>`)}
  </dl>`}function Fs(e){let t=e instanceof H,n=e instanceof Error?e.message:String(e);return u`<div class="problem" role="alert">
    <p class="what">${t?"No answer of daxd.":"The page has a defect."}</p>
    <p class="codes">${n}</p>
    ${t&&u`<p>Whether the change was made is not known; the lists will show it.</p>`}
  </div>`}function V(){let{say:e,dialog:t}=_(),[n,o]=$(!1),[r,i]=$(null);return{isRunning:n,failure:r,forget:()=>i(null),async run(s,a){if(!n){o(!0),i(null);try{await s(),a!==void 0&&(e(a),t.value=null)}catch(l){i(l)}finally{o(!1)}}}}}function kt(e,t){let[n,o]=$(e);return[n,i=>s=>{o(a=>({...a,[i]:s})),t()}]}var Bs=6e4,zs={name:"",holder:"",size:"64MiB",sharing:"dedicated",minutes:"",persistence:"",access:"rw",wipe:"none"};function Pt(){let{daxd:e,dialog:t}=_(),[n,o]=$(null),r=V(),i=V(),[s,a]=kt(zs,()=>{o(null),r.forget(),i.forget()}),l=s.name.trim(),d=qs(s);function c(p){if(p.preventDefault(),n===null)r.run(async()=>o(await e.claims.put(l,d,{dryRun:!0})));else{let f=`${l} has ${X(n.length)}.`;i.run(()=>e.claims.put(l,d,{wait:!1}),f)}}return u`<${I} title="Claim memory">
    <form onSubmit=${c}>
      <div class="fields">
        <${F} label="Name" value=${s.name} onValue=${a("name")} isRequired
          hint="asking again gives the same claim" />
        <${F} label="Holder" value=${s.holder} onValue=${a("holder")} isRequired
          hint="who: a pod uid, a job" />
        <${F} label="Size" value=${s.size} onValue=${a("size")} isRequired
          hint="usable bytes: 64MiB, 1GiB" />
        <${F} label="Sharing" value=${s.sharing} onValue=${a("sharing")} options=${[["dedicated","a device of its own"],["slice","a slice of a pool"]]} />
        <${F} label="Ends after" value=${s.minutes} onValue=${a("minutes")}
          hint="minutes without renewal; empty: never" />
        <${F} label="Memory" value=${s.persistence} onValue=${a("persistence")}
          options=${[["","any"],["volatile","volatile"],["persistent","persistent"]]} />
        <${F} label="Access" value=${s.access} onValue=${a("access")} options=${[["rw","read and write"],["ro","read only"]]} />
        <${F} label="On release" value=${s.wipe} onValue=${a("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
      </div>
      ${n!==null&&u`<${Gs} plan=${n} />`}
      ${[r.failure,i.failure].map(p=>p!==null&&u`<${R} failure=${p}
            onSize=${f=>a("size")(String(f))} />`)}
      <footer>
        <button type="button" onClick=${()=>{t.value=null}}>Cancel</button>
        <button type="submit" class="primary" disabled=${r.isRunning||i.isRunning}>
          ${n===null?"Check":"Claim"}
        </button>
      </footer>
    </form>
  </${I}>`}function qs(e){let{holder:t,size:n,sharing:o,minutes:r,persistence:i,access:s,wipe:a}=e;return{size:n.trim(),sharing:o,holder:t.trim(),...r.trim()===""?{}:{ttl_ms:Math.round(Number(r)*Bs)},...i===""?{}:{selector:{persistence:i}},...s==="rw"?{}:{access:s},...a==="none"?{}:{wipe:a}}}function Gs({plan:e}){let{name:t,length:n,chardev:o,sharing:r,offset:i,size:s}=e;return u`<div class="plan" role="status">
    <p>
      <b>${t}</b> would get <b><${x} bytes=${n} /></b>
      ${n>s&&u` (<${x} bytes=${s} /> rounded up to the align)`}
      ${r==="slice"?u` of ${o} at offset <${x}
        bytes=${i} />`:` as ${o}`}.
    </p>
  </div>`}var js=1e3;function ke(e,t){let{daxd:n}=_(),[o,r]=$(null),[i,s]=$(null),[a,l]=$(!1);async function d(){l(!0);try{r(await n.devices.users(e)),s(null)}catch(c){s(c)}finally{l(!1)}}return B(()=>{let c=setTimeout(d,o===null?0:js);return()=>clearTimeout(c)},[e,t]),{users:o,failure:i,isReading:a,read:d}}function Er({claim:e}){let{daxd:t,dialog:n}=_(),{name:o,holder:r,length:i,chardev:s,sharing:a}=e,[l,d]=$(!1),{run:c,isRunning:p,failure:f}=V(),m=()=>t.claims.delete(o,{if_busy:l?"revoke":"refuse"},{wait:!1});return u`<${I} title=${`Release claim ${o}?`}>
    <form
      onSubmit=${h=>{h.preventDefault(),c(m,`Claim ${o} is released.`)}}
    >
      <p>
        <b>${r}</b> gives back <${x} bytes=${i} />
        ${s===null?"":`of ${s}`}${a==="slice"?"; the pool stays":""}.
        What is in it is lost to it.
      </p>
      <label class="choice">
        <input type="checkbox" checked=${l} onChange=${()=>d(!l)} />
        <span><b>revoke</b>: even if somebody uses it</span>
      </label>
      ${s!==null&&u`<${Ks} chardev=${s} isForced=${l} />`}
      ${f!==null&&u`<${R} failure=${f} />`}
      <footer>
        <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
        <button type="submit" class=${l?"danger":"primary"} disabled=${p}>
          ${l?"Revoke and release":"Release"}
        </button>
      </footer>
    </form>
  </${I}>`}function Ks({chardev:e,isForced:t}){let{users:n,failure:o}=ke(e,String(t));if(o!==null)return u`<${R} failure=${o} />`;if(n===null)return u`<p>Looking who uses it…</p>`;let{processes:r,complete:i}=n;return u`<div class="hurt" aria-live="polite">
    ${r.length===0?u`<p>No process has ${e} now${i?"":", as far as can be seen"}.</p>`:u`<p>
              <b>
                ${M(r.length,"process has","processes have")} ${e}
                ${t?" now and may get SIGBUS:":" now:"}
              </b>
            </p>
            <ul class="processes">
              ${r.map(({pid:s,comm:a})=>u`<li>${a} <small>pid ${s}</small></li>`)}
            </ul>`}
  </div>`}function xr({id:e}){let t=_(),{state:n,session:o,dialog:r,connection:i}=t;n.claims.version.value,n.leases.version.value;let s=[...n.claims.rows()].sort((c,p)=>Te(c.name,p.name)),a=e===null?s:s.filter(({name:c})=>c===e),l=i.value.state==="loading",d=e===null?"Nothing is claimed.":`There is no claim ${e} (any more).`;return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e===null?"Claims":`Claim ${e}`}</h1>
      <div class="actions">
        ${e!==null&&u`<a href=${U("claims")}>All claims</a>`}
        ${o.may("claims:change")&&u`<button
            type="button"
            onClick=${()=>{r.value=u`<${Pt} />`}}
          >
            Claim memory…
          </button>`}
      </div>
    </header>
    <${oe}
      label="Claims"
      columns=${Xs(t)}
      rows=${a}
      idOf=${({name:c})=>c}
      empty=${l?"Reading\u2026":d}
    />
  </section>`}function Xs({state:e,session:t,dialog:n}){return[{name:"Claim",key:({name:o})=>o,cell:({name:o})=>u`<a class="name" href=${U("claims",o)}>${o}</a>`},{name:"State",key:({state:o})=>o,cell:({state:o,problem:r})=>u`<${G} state=${o} /> ${r!==null&&u`<span class="flag bad"
          title=${r.detail??""}>${r.code}</span>`}`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Length",isNumber:!0,key:({length:o})=>o,cell:({length:o})=>u`<${x} bytes=${o} />`},{name:"Device",key:({chardev:o})=>o??"",cell:({chardev:o})=>o===null?"\u2014":u`<a href=${U("devices",o)}>${o}</a>`},{name:"Offset",isNumber:!0,key:({offset:o})=>o,cell:({offset:o,sharing:r})=>r==="slice"?u`<${x} bytes=${o} />`:u`<small>dedicated</small>`},{name:"Time left",key:({lease:o})=>o===null?"":e.leases.get(o)?.expires_at??"",cell:({lease:o})=>{let r=o===null?void 0:e.leases.get(o);return r===void 0?u`<small>no end</small>`:u`<${Tt} lease=${r} />`}},{name:"",cell:o=>t.may("claims:change")&&u`<button
          type="button"
          aria-label=${`Release ${o.name}`}
          onClick=${()=>{n.value=u`<${Er} claim=${o} />`}}
        >
          Release…
        </button>`}]}var Dt=14;function Pe({owner:e}){let{looks:t}=_(),n=j(null),o=Et();B(()=>r(n.current,o.value,e));function r(i,s,a){let l=i?.getContext("2d");if(i===null||l===null||l===void 0)return;let d=globalThis.devicePixelRatio||1;i.width=Dt*d,i.height=Dt*d,l.scale(d,d),l.fillStyle=Qe(l,s,t.of(a)),l.fillRect(0,0,Dt,Dt)}return u`<span class="owner"
    ><canvas class="swatch" ref=${n} aria-hidden="true"></canvas
    ><span class="name">${e}</span></span
  >`}var Qs=400,Rt=1e3,bn=14,Ys=2;function Cr({size:e,holders:t}){let n=t.flatMap(o=>o.kind==="mapping"&&o.length!==void 0&&o.offset!==void 0?[{id:o.id,offset:o.offset,length:o.length}]:[]);return n.length===0||e===0?null:u`<svg
    class="mappings"
    viewBox=${`0 0 ${Rt} ${bn}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="ground" width=${Rt} height=${bn} />
    ${n.slice(0,Qs).map(({id:o,offset:r,length:i})=>u`<rect
          key=${o}
          class="mapped"
          x=${r/e*Rt}
          width=${Math.max(Ys,i/e*Rt-1)}
          height=${bn}
        />`)}
  </svg>`}var Or=3;function Sr({first:e,last:t,free:n,owners:o},r,i){let s=r[e];if(s===void 0)return"";let a=i?"free or of others":"free";if(e===t){let f=`${X(s.end-s.start)} at ${Q(s.start)}`;if(s.owner===null)return`${a}: ${f}`;let m=s.chardev===null?"":Js(s,r);return[s.chardev,s.owner,f,m].filter(h=>h).join(" \xB7 ")}let l=r.slice(e,t+1),d=[...new Set(l.flatMap(({chardev:f})=>f??[]))],c=l.filter(({owner:f})=>f===null).length;return[d.length<=Or?d.join(", "):M(d.length,"device"),o.length>0?`of ${o.map(({owner:f})=>f).slice(0,Or).join(", ")}`:"",c>0?`${X(n)} ${a} in ${M(c,"hole")}`:"nothing free",`from ${Q(s.start)}`].filter(f=>f!=="").join(" \xB7 ")}function Js(e,t){let n=t.filter(({chardev:o})=>o===e.chardev);return n.length<2?"":`range ${n.indexOf(e)+1} of ${n.length}`}function Tr(e,t,n){let o=Zs(e,t,n);ta(o,n);let r=0;return o.map(({width:i,first:s,last:a})=>{let l=Math.round(r);return r+=i,{x:l,width:Math.round(r)-l,first:s,last:a,...na(e,t,s,a)}})}function Zs(e,t,n){let o=n/(t.end-t.start),r=[],i=null;for(let[s,a]of e.entries()){let l=Math.min(a.end,t.end)-Math.max(a.start,t.start);if(l<=0)continue;let d=l*o;d>=6?(i=null,r.push({width:d,first:s,last:s,isSingle:!0})):i===null||i.width>=3?(i={width:d,first:s,last:s,isSingle:!1},r.push(i)):(i.width+=d,i.last=s)}return ea(r)}function ea(e){let t=[];for(let n of e){let o=t.at(-1);n.width<2&&!n.isSingle&&o?.isSingle===!1?(o.width+=n.width,o.last=n.last):t.push(n)}return t}function ta(e,t){let n=0,o=0;for(let{width:i}of e)i<2?n+=2-i:o+=i-2;if(e.length===1&&e[0]!==void 0&&(e[0].width=t),n===0||o<n)return;let r=1-n/o;for(let i of e)i.width=i.width<2?2:2+(i.width-2)*r}function na(e,t,n,o){let r=0,i=new Map;for(let{start:a,end:l,owner:d}of e.slice(n,o+1)){let c=Math.min(l,t.end)-Math.max(a,t.start);d===null?r+=c:i.set(d,(i.get(d)??0)+c)}let s=[...i].map(([a,l])=>({owner:a,bytes:l}));return s.sort((a,l)=>l.bytes-a.bytes||(a.owner<l.owner?-1:1)),{free:r,owners:s}}function kr(e,t){let n=0,o=e.length;for(;n<o;){let i=n+o>>>1;(e[i]?.x??0)<=t?n=i+1:o=i}let r=e[n-1];return r!==void 0&&t<r.x+r.width?r:void 0}function Pr(e,t,n){let o=e.reduce((a,l)=>a+l,0),r=e.map(a=>a===0?0:Math.max(n,Math.round(a/o*t))),i=r.reduce((a,l)=>a+l,0)-t,s=r.indexOf(Math.max(...r));return s>=0&&(r[s]=Math.max(0,(r[s]??0)-i)),r}function $n({start:e,size:t}){return{start:e,end:e+t}}function Dr(e,t,n,o){let r=t.end-t.start,i=Math.round(Math.min(e.size,Math.max(65536,r*o))),s=Math.round((n-t.start)/r*i);return Rr(e,n-s,i)}function En(e,t,n){let o=t.end-t.start;return Rr(e,t.start+Math.round(o*n),o)}function Rr(e,t,n){let o=Math.min(n,e.size),r=e.start+e.size-o,i=Math.min(Math.max(t,e.start),r);return{start:i,end:i+o}}var re=12,De=52,xn=re+De,oa=4,ra="600 12px system-ui, sans-serif",At=18,Ze=6,ia=4;function Mr(e,t,n){let o=e?.getContext("2d");if(e===null||o===null||o===void 0)return;let r=globalThis.devicePixelRatio||1;e.width=n.width*r,e.height=xn*r,o.scale(r,r);for(let i of n.cells)sa(o,t,i,n);for(let i of n.cells)la(o,t,i,n);ca(o,t,n),ua(o,t,n)}function sa(e,t,n,{looks:o,isPartial:r}){let{x:i,width:s,free:a,owners:l}=n,d=Pr([a,...l.map(({bytes:f})=>f)],De,oa),c=s>=ia?1:0,p=re;for(let[f,m]of d.entries()){if(m===0)continue;let h=l[f-1]?.owner;h===void 0?aa(e,t,{x:i,y:p,width:s-c,height:m},r):(e.fillStyle=Qe(e,t,o.of(h)),e.fillRect(i,p,s-c,m)),p+=m}}function aa(e,t,n,o){e.fillStyle=o?Qe(e,{...t,nobody:t.free},{colour:null,pattern:"rising"}):t.free,e.fillRect(n.x,n.y,n.width,n.height),e.fillStyle=t.freeEdge,e.fillRect(n.x,n.y+n.height-2,n.width,2)}function la(e,t,{x:n,width:o,first:r,last:i},{pieces:s}){let a=r===i?s[r]?.chardev:null;if(a==null||o<2*At)return;e.font=ra;let l=e.measureText(a).width+2*Ze;if(l+2*Ze>o)return;let d=re+De-At-Ze;e.fillStyle=t.ground,e.fillRect(n+Ze,d,l,At),e.fillStyle=t.ink,e.textBaseline="middle",e.fillText(a,n+2*Ze,d+At/2+1)}function ca(e,t,{planned:n,window:o,width:r}){let i=r/(o.end-o.start);for(let{start:s,end:a}of n){let l=Math.floor((s-o.start)*i),d=Math.max(4,Math.ceil((a-s)*i));e.fillStyle=t.ink,e.globalAlpha=.25,e.fillRect(l,re,d,De),e.globalAlpha=1,e.strokeStyle=t.ink,e.lineWidth=2,e.setLineDash([4,3]),e.strokeRect(l+1,re+1,Math.max(2,d-2),De-2),e.setLineDash([]),e.fillStyle=t.ink,e.beginPath();let c=l+d/2;e.moveTo(c,re-1),e.lineTo(c-5,re-8),e.lineTo(c+5,re-8),e.fill()}}function ua(e,t,{cells:n,pieces:o,tied:r,shown:i}){let s=n.filter(c=>c===i||r!==null&&Ar(c,o,r));if(s.length===0)return;e.strokeStyle=t.ink,e.fillStyle=t.ink,e.lineWidth=2;for(let{x:c,width:p}of s)e.strokeRect(c+1,re+1,Math.max(1,p-2),De-2);let a=s.filter(c=>r===null||Ar(c,o,r)).map(({x:c,width:p})=>c+p/2),[l]=a,d=a.at(-1);if(!(r===null||l===void 0||d===void 0)){e.beginPath(),e.moveTo(l,3),e.lineTo(d,3);for(let c of a)e.moveTo(c,2),e.lineTo(c,re);e.stroke()}}function Ar({first:e,last:t},n,o){for(let r=e;r<=t;r+=1)if(n[r]?.chardev===o)return!0;return!1}var Nr=120;function Vr(){let e=j(null),[t,n]=$(Nr);return B(()=>{let o=e.current;if(o===null)return;let r=new ResizeObserver(()=>n(Math.max(Nr,Math.floor(o.clientWidth))));return r.observe(o),()=>r.disconnect()},[]),[e,t]}var et=1/4,Lr=1/4,da="Arrow keys go from piece to piece, Enter opens the device.";function Re(e){let{region:t,pieces:n,chosen:o=null,planned:r=[],isPartial:i=!1}=e,{looks:s}=_(),a=j(null),[l,d]=Vr(),c=Et(),[p,f]=$(()=>$n(t)),[m,h]=$(null),y=de(()=>Tr(n,p,d),[n,p,d]),g=m===null?void 0:y[Math.min(m,y.length-1)],w=Ir(g,n)??o,v=g===void 0?"":Sr(g,n,i),E=p.end-p.start>=t.size;B(()=>{let C={cells:y,pieces:n,window:p,width:d,looks:s,tied:w,shown:g,planned:r,isPartial:i};Mr(a.current,c.value,C)});function b(C){if(C===void 0)return;let q=Ir(C,n);q!==null?location.hash=`#/devices/${q}`:C.first!==C.last&&W(C,et)}function W(C,q){let J=C===void 0?(p.start+p.end)/2:((n[C.first]?.start??0)+(n[C.last]?.end??0))/2;f(Dr(t,p,J,q)),h(null)}function Ce(C){let q=y.length-1,te={ArrowRight:Math.min(q,(m??-1)+1),ArrowLeft:Math.max(0,(m??1)-1),Home:0,End:q}[C.key];if(te!==void 0)h(te);else if(C.key==="Enter")b(g);else if(C.key==="+"||C.key==="=")W(g,et);else if(C.key==="-")W(g,1/et);else return;C.preventDefault()}let Y=C=>kr(y,C.clientX-(a.current?.getBoundingClientRect().left??0));return u`<div class="drawing" ref=${l}>
    <div
      class="bar"
      role="slider"
      tabindex="0"
      aria-label=${`Memory of region ${t.id}, piece by piece`}
      aria-valuemin="1"
      aria-valuemax=${y.length}
      aria-valuenow=${Math.min(m??0,y.length-1)+1}
      aria-valuetext=${v===""?da:v}
      onKeyDown=${Ce}
      onBlur=${()=>h(null)}
      onPointerMove=${C=>{let q=Y(C);h(q===void 0?null:y.indexOf(q))}}
      onPointerLeave=${()=>h(null)}
      onClick=${C=>b(Y(C))}
    >
      <canvas ref=${a} style=${{height:`${xn}px`,width:`${d}px`}}></canvas>
    </div>
    <div class="axis">
      <span class="address">${Q(p.start)}</span>
      <span class="readout" aria-hidden="true">${v}</span>
      <span class="address">${Q(p.end-1)}</span>
    </div>
    <div class="zoom">
      <button type="button" aria-label=${`Look closer at region ${t.id}`}
        onClick=${()=>W(g,et)}>+</button>
      <button type="button" aria-label=${`See more of region ${t.id}`} disabled=${E}
        onClick=${()=>W(g,1/et)}>−</button>
      ${!E&&u`<button type="button" aria-label="Move to lower addresses"
          onClick=${()=>f(En(t,p,-Lr))}>◂</button>
          <button type="button" aria-label="Move to higher addresses"
            onClick=${()=>f(En(t,p,Lr))}>▸</button>
          <button type="button" onClick=${()=>f($n(t))}>All</button>`}
    </div>
  </div>`}function Ir(e,t){return e===void 0||e.first!==e.last?null:t[e.first]?.chardev??null}var Wr=5,pa="Its memory goes back to the region. What is in it is lost to its users.",ma=6e4,Ae=50,fa=[{is:"refuse",says:"only if nobody uses it"},{is:"drain",says:`wait for its users, up to ${Wr} minutes; nobody new gets in`},{is:"revoke",says:"take it away at once, whoever uses it"}];function Hr({device:e,verb:t}){let{daxd:n,dialog:o}=_(),{chardev:r,namespace:i}=e,[s,a]=$("refuse"),{users:l,failure:d,isReading:c,read:p}=ke(r,""),{run:f,isRunning:m,failure:h}=V(),y=t==="delete"&&i!==null?`namespace ${i} (${r})`:r,g=s==="drain"?`${r} is draining.`:`${y} is ${t}d.`;function w(){let v={if_busy:s,...s==="drain"?{timeout_ms:Wr*ma}:{}},E={wait:!1};return t==="disable"?n.devices.disable(r,v,E):i!==null?n.namespaces.delete(i,v,E):n.devices.delete(r,v,E)}return u`<${I} title=${`${t==="disable"?"Disable":"Delete"} ${y}?`}>
    <form
      onSubmit=${v=>{v.preventDefault(),f(w,g)}}
    >
      ${t==="delete"&&u`<p>${pa}</p>`}
      <fieldset>
        <legend>If somebody uses it</legend>
        ${fa.map(({is:v,says:E})=>u`<label class="choice"
              ><input
                type="radio"
                name="if_busy"
                value=${v}
                checked=${s===v}
                onChange=${()=>{a(v),v==="revoke"&&p()}}
              /><span><b>${v}</b>: ${E}</span></label
            >`)}
      </fieldset>
      <div class="hurt" aria-live="polite">
        ${c&&l===null&&u`<p>Looking who uses it…</p>`}
        ${d!==null&&u`<${R} failure=${d} />`}
        ${l!==null&&u`<${ya} users=${l} how=${s} />`}
      </div>
      ${h!==null&&u`<${R} failure=${h} />`}
      <footer>
        <button type="button" onClick=${()=>{o.value=null}}>Cancel</button>
        <button type="submit" class=${s==="revoke"?"danger":"primary"}
          disabled=${m}>
          ${ha(t,s,l)}
        </button>
      </footer>
    </form>
  </${I}>`}function ha(e,t,n){let o=e==="disable"?"Disable":"Delete";if(t==="drain")return`Drain, then ${e}`;if(t==="refuse"||n===null)return o;let{processes:r}=n;return r.length===0?`Revoke and ${e}`:`Revoke from ${M(r.length,"process","processes")} and ${e}`}function ya({users:e,how:t}){let{holders:n,processes:o,complete:r}=e;if(n.length===0&&o.length===0)return u`<p>${r?"Nobody uses it now.":"Nobody is seen to use it, but some processes could not be looked into."}</p>`;let i=[...new Set(n.flatMap(a=>a.kind==="others"?[]:[a.holder]))],s=n.filter(({kind:a})=>a==="mapping").length;return u`
    ${o.length>0&&u`<p>
          <b>${M(o.length,"process has","processes have")} it now.</b>
          ${t==="revoke"&&" Each gets SIGBUS at its next touch and most likely dies:"}
        </p>
        <ul class="processes">
          ${o.slice(0,Ae).map(({pid:a,comm:l,container_id:d})=>u`<li>${l} <small>pid ${a}${ga(d)}</small></li>`)}
        </ul>
        ${o.length>Ae&&u`<p>and ${o.length-Ae} more</p>`}`}
    ${n.length>0&&u`<p>
        In the books: ${i.slice(0,Ae).join(", ")}
        ${i.length>Ae?`and ${i.length-Ae} more`:""}
        (${M(s,"mapping")}).
        ${t==="revoke"&&s>0&&"Their mappings become revoked."}
      </p>`}
    ${!r&&u`<p>Some processes could not be looked into: there may be more.</p>`}
  `}function ga(e){return e===null?"":`, container ${e.slice(0,12)}`}function Ur({device:e}){let{daxd:t,session:n,dialog:o}=_(),{chardev:r,state:i,namespace:s,size:a}=e,l=V(),d=n.may(s===null?"devices:change":"namespaces:change"),c=p=>()=>{o.value=u`<${Hr} device=${e} verb=${p} />`};return u`${n.may("devices:change")&&i==="disabled"&&a>0&&u`<button
      type="button"
      disabled=${l.isRunning}
      onClick=${()=>l.run(()=>t.devices.enable(r),`${r} is enabled.`)}
    >
      Enable
    </button>`}
  ${n.may("devices:change")&&i!=="disabled"&&u`<button type="button" onClick=${c("disable")}>Disable…</button>`}
  ${d&&u`<button type="button" class="danger"
    onClick=${c("delete")}>Delete…</button>`}
  ${l.failure!==null&&u`<${R} failure=${l.failure} />`}`}function Fr(){let e=_(),{state:t,connection:n}=e;t.operations.version.value;let o=[...t.operations.rows()].sort((i,s)=>+(i.finished_at!==null)-+(s.finished_at!==null)||s.revision-i.revision),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Operations</h1></header>
    <${oe}
      label="Operations"
      columns=${va(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"No work is under way, and none is remembered."}
    />
  </section>`}function va({now:e}){return[{name:"What",key:({verb:t})=>t,cell:({verb:t,target:n})=>u`${t} ${n.kind==="device"?u`<a
          href=${U("devices",n.id)}>${n.id}</a>`:u`<span
            class="name">${n.id}</span>`}`},{name:"State",key:({state:t})=>t,cell:({state:t})=>u`<${G} state=${t} />`},{name:"Progress",cell:t=>u`<${Br} operation=${t} />`},{name:"Came to an end",key:({finished_at:t})=>t??"",cell:({finished_at:t,problem:n})=>u`${t===null?"\u2014":St(t,e.value)}
        ${n!==null&&u`<span class="flag bad"
          title=${n.detail??""}>${n.code}</span>`}`},{name:"",cell:t=>u`<${zr} operation=${t} />`}]}function Br({operation:e}){let{progress:t,rate:n,eta_ms:o,verb:r,target:i}=e,{done:s,total:a}=t;return a===0?u`<span class="hint">—</span>`:u`<span class="progress">
    <progress max=${a} value=${s}
      aria-label=${`Progress of ${r} ${i.id}`}></progress>
    <span class="number">${Je(s,a)}</span>
    <small>
      <${x} bytes=${s} /> of <${x} bytes=${a} />
      ${n===null?"":`, ${wr(n)}`}
      ${o===null?"":`, ${fe(o)} left`}
    </small>
  </span>`}function zr({operation:e}){let{daxd:t,session:n}=_(),{run:o,isRunning:r,failure:i}=V(),{id:s,verb:a,target:l,finished_at:d}=e;if(d!==null||!n.may("operations:change"))return null;let c=()=>o(()=>t.operations.cancel(s),`${a} ${l.id} is cancelled.`);return u`<button type="button" disabled=${r}
    aria-label=${`Cancel ${a} ${l.id}`} onClick=${c}>
      Cancel
    </button>
    ${i!==null&&u`<${R} failure=${i} />`}`}function qr({operation:e}){return u`<div class="under-way">
    <b>${e.verb}</b> <${G} state=${e.state} />
    <${Br} operation=${e} /> <${zr} operation=${e} />
  </div>`}var Gr=200;function jr({chardev:e}){let{state:t,selection:n,connection:o,session:r}=_();t.devices.version.value,t.namespaces.version.value;let i=t.devices.get(e),s=t.regions.get(String(i?.region));if(i===void 0){let p=o.value.state==="loading";return u`<section>
      <header class="view"><h1 tabindex="-1">${e}</h1></header>
      <p class="empty">${p?"Reading\u2026":"There is no such device (any more)."}</p>
      <p><a href=${U("devices")}>All devices</a></p>
    </section>`}let a=i.namespace===null?void 0:t.namespaces.get(i.namespace),l=n.unfinished.value.find(({target:p})=>[e,i.namespace].includes(p.id)),d=n.occupancies.value.get(i.region)?.pieces??[],c=!r.may("regions:map");return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e}</h1>
      <${G} state=${i.state} />
      <div class="actions"><${Ur} device=${i} /></div>
    </header>
    ${i.drift!==null&&u`<p class="warning">Differs from the host: ${i.drift}</p>`}
    ${l!==void 0&&u`<${qr} operation=${l} />`}
    ${s!==void 0&&u`<${Re} region=${s} pieces=${d} chosen=${e}
        isPartial=${c} />`}
    <${_a} device=${i} namespace=${a} /> ${wa(i)}
    <${ba} device=${i} />
  </section>`}function _a({device:e,namespace:t}){let{selection:n}=_(),{size:o,align:r,mode:i,target_node:s,generation:a,path:l,region:d,major:c,minor:p}=e,f=t?.claim??null,m=[["Size",u`<${x} bytes=${o} />`],["Owner",u`<${Pe} owner=${n.ownerOf(e)} />`],["Generation",a],["Mode",i],["Align",u`<${x} bytes=${r} />`],["Region",d],["Target node",s],["Namespace",t?.name??"none: made by someone else"],...f===null?[]:[["Claim",u`<a href=${U("claims",f)}>${f}</a>`]],["Wiped on release",t===void 0?"\u2014":t.wipe==="none"?"no":"yes"],["Pool for slices",t?.pool===!0?"yes":"no"],["Device node",u`<code>${l}</code> (${c}:${p})`]];return u`<dl class="facts-list">
    ${m.map(([h,y])=>u`<div
      class=${h==="Device node"?"wide":""}><dt>${h}</dt><dd>${y}</dd></div>`)}
  </dl>`}function wa({ranges:e}){return u`<h2>${M(e.length,"range")}</h2>
    <div class="fits" tabindex="0" role="region" aria-label="Ranges">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">Page offset</th>
          </tr>
        </thead>
        <tbody>
          ${e.map(({start:t,end:n,size:o,page_offset:r})=>u`<tr>
                <td class="address">${Q(t)}</td>
                <td class="address">${Q(n)}</td>
                <td class="number"><${x} bytes=${o} /></td>
                <td class="number">${r}</td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}function ba({device:e}){let{selection:t}=_(),{handles:n,mappings:o}=t.refsOf(e),r=`${n} ${o} ${e.revision}`,{users:i,failure:s,isReading:a,read:l}=ke(e.chardev,r);return u`<h2>Used by</h2>
    <p class="hint">
      ${M(n,"handle")} and ${M(o,"mapping")} in the books.
      <button type="button" onClick=${l} disabled=${a}>Look again</button>
    </p>
    ${s!==null&&u`<${R} failure=${s} />`}
    ${i!==null&&u`<${Cr} size=${e.size} holders=${i.holders} />`}
    ${i!==null&&u`<div
      class="sides">${$a(i)} ${Ea(i)}</div>`}`}function $a({holders:e}){let t=e.length-Gr;return u`<div>
    <h3>Declared (the books)</h3>
    ${e.length===0&&u`<p class="empty">Nobody has opened or mapped it.</p>`}
    <ul class="holders">
      ${e.slice(0,Gr).map(n=>n.kind==="others"?u`<li>${M(n.count,"reference")} of other tenants</li>`:u`<li>
              <b>${n.holder}</b> · ${n.kind} <code>${n.id}</code>, generation${" "}
              ${n.generation} ${n.length!==void 0&&u`· <${x} bytes=${n.length} /> at offset <${x}
                  bytes=${n.offset} />`}
            </li>`)}
    </ul>
    ${t>0&&u`<p class="hint">and ${M(t,"more","more")}</p>`}
  </div>`}function Ea({processes:e,complete:t}){return u`<div>
    <h3>Observed (the host)</h3>
    ${!t&&u`<p
      class="hint">Some processes could not be looked into: there may be more.</p>`}
    ${e.length===0&&u`<p class="empty">No process has it open or mapped.</p>`}
    <ul class="holders">
      ${e.map(({pid:n,comm:o,container_id:r,pod_uid:i,mapped:s,stale:a})=>u`<li>
            <b>${o}</b> · pid ${n}
            ${r!==null&&u`· container <code>${r.slice(0,12)}</code>`}
            ${i!==null&&u`· pod <code>${i}</code>`}
            ${s.map(({offset:l,length:d})=>u`· maps <${x}
              bytes=${d} /> at offset <${x} bytes=${l} />`)}
            ${a&&u`<span class="flag">of an ended generation</span>`}
          </li>`)}
    </ul>
  </div>`}var xa=["enabled","draining","disabled"];function Kr({id:e}){return e===null?u`<${Ca} />`:u`<${jr} key=${e} chardev=${e} />`}function Ca(){let e=_(),{selection:t,connection:n}=e,[o,r]=$(""),[i,s]=$(""),a=t.devices.value,l=de(()=>{let p=o.trim().toLowerCase(),f=m=>m?.toLowerCase().includes(p)===!0;return a.filter(m=>(i===""||m.state===i)&&(p===""||f(m.chardev)||f(m.namespace)||f(t.ownerOf(m))))},[a,o,i]),d=n.value.state==="loading",c=a.length===0?"There are no devices.":"No device fits this filter.";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Devices</h1>
      <div class="filter">
        <label
          >Find
          <input
            type="search"
            placeholder="name, namespace, owner"
            value=${o}
            onInput=${p=>r(p.target.value)}
        /></label>
        <label
          >State
          <select onChange=${p=>s(p.target.value)}>
            <option value="">all</option>
            ${xa.map(p=>u`<option value=${p}>${p}</option>`)}
          </select></label
        >
        <span class="count">${M(l.length,"device")}</span>
      </div>
    </header>
    <${oe}
      label="Devices"
      columns=${Oa(e)}
      rows=${l}
      idOf=${({chardev:p})=>p}
      empty=${d?"Reading\u2026":c}
    />
  </section>`}function Oa({selection:e}){let{ownerOf:t,refsOf:n}=e;return[{name:"Device",key:({chardev:o})=>o,cell:({chardev:o,drift:r})=>u`<a href=${U("devices",o)}>${o}</a> ${r!==null&&u`<span
          class="flag bad" title=${r}>drift</span>`}`},{name:"State",key:({state:o})=>o,cell:({state:o})=>u`<${G} state=${o} />`},{name:"Size",isNumber:!0,key:({size:o})=>o,cell:({size:o})=>u`<${x} bytes=${o} />`},{name:"Owner",key:t,cell:o=>u`<${Pe} owner=${t(o)} />`},{name:"Namespace",key:({namespace:o})=>o??"",cell:({namespace:o})=>u`<span class="name" title=${o??""}>${o??"\u2014"}</span>`},{name:"Region",isNumber:!0,key:({region:o})=>o,cell:({region:o})=>o},{name:"Ranges",isNumber:!0,key:({ranges:o})=>o.length,cell:({ranges:o})=>o.length},{name:"Handles",isNumber:!0,key:o=>n(o).handles,cell:o=>n(o).handles},{name:"Mappings",isNumber:!0,key:o=>n(o).mappings,cell:o=>n(o).mappings},{name:"Generation",isNumber:!0,key:({generation:o})=>o,cell:({generation:o})=>o}]}var Sa=["region","namespace","device","handle","mapping","lease","claim","operation"];function Xr(){let{state:e}=_(),[t,n]=$(""),[o,r]=$(null),i=o??e.log.shown.value,s=t===""?i:i.filter(a=>a.kind===t);return u`<section>
    <header class="view">
      <h1 tabindex="-1">Events</h1>
      <div class="filter">
        <label
          >Kind
          <select onChange=${a=>n(a.target.value)}>
            <option value="">all</option>
            ${Sa.map(a=>u`<option value=${a}>${a}</option>`)}
          </select></label
        >
        <button type="button" aria-pressed=${o!==null}
          onClick=${()=>r(o===null?e.log.shown.value:null)}>
          ${o===null?"Hold still":"Go on"}
        </button>
        <span class="count">
          ${me(e.log.total.value)} since the page was opened; the last${" "}
          ${je} are kept
        </span>
      </div>
    </header>
    <${oe}
      label="Events"
      columns=${Ta}
      rows=${s}
      idOf=${({revision:a})=>String(a)}
      empty="Nothing has happened since the page was opened."
    />
  </section>`}var Ta=[{name:"Revision",cell:({revision:e})=>u`<span class="number">${e}</span>`},{name:"Time",cell:({at:e})=>u`<time datetime=${e} title=${e}>${br(e)}</time>`},{name:"What",cell:({kind:e,type:t})=>`${e} ${t}`},{name:"Which",cell:e=>ka(e)},{name:"State",cell:({object:e})=>Pa(e)}];function ka({kind:e,id:t}){let n={device:"devices",claim:"claims"}[e];return n===void 0?u`<span class="name" title=${t}>${t}</span>`:u`<a class="name" href=${U(n,t)}>${t}</a>`}function Pa(e){let{state:t}=e??{};return t===void 0?null:u`<${G} state=${t} />`}var Da={adopt:"daxd takes it over as it is: it gets a namespace of its own.",forget:"daxd strikes it from its books; the host is left as it is.",repair:"The host is made what the books want. What is in use is never destroyed for that."};function Qr(){return u`<section>
    <header class="view"><h1 tabindex="-1">Host</h1></header>
    <${Ra} /> <${Ma} />
  </section>`}function Ra(){let{daxd:e,session:t,dialog:n}=_(),[o,r]=$(null),i=V(),s=()=>i.run(async()=>r((await e.reconciliation.get()).items));B(()=>{s()},[]);let a=(l,d)=>()=>{n.value=u`<${Aa} item=${l} action=${d} done=${s} />`};return u`<h2>Books and host</h2>
    <p class="hint">
      What was wanted, what is written and what is there, side by side.
      <button type="button" disabled=${i.isRunning} onClick=${s}>Compare again</button>
    </p>
    ${i.failure!==null&&u`<${R} failure=${i.failure} />`}
    ${o===null&&i.failure===null&&u`<p class="empty">Comparing…</p>`}
    ${o?.length===0&&u`<p class="empty good">They agree.</p>`}
    <ul class="differences">
      ${o?.map(l=>u`<li>
            <span class="flag bad">${l.kind}</span> <b>${l.object}</b> ${l.detail}
            ${t.may("reconciliation:change")&&l.actions.map(d=>u`<button type="button" aria-label=${`${d} ${l.object}`}
                    onClick=${a(l,d)}>${d}…</button>`)}
          </li>`)}
    </ul>`}function Aa({item:e,action:t,done:n}){let{daxd:o,dialog:r}=_(),{run:i,isRunning:s,failure:a}=V(),{object:l}=e,d=async()=>{await o.reconciliation.act({object:l,action:t}),n()};return u`<${I} title=${`${t} ${l}?`}>
    <p>${e.detail}</p>
    <p>${Da[t]}</p>
    ${a!==null&&u`<${R} failure=${a} />`}
    <footer>
      <button type="button" onClick=${()=>{r.value=null}}>Cancel</button>
      <button type="button" class="primary" disabled=${s}
        onClick=${()=>i(d,`${l}: ${t} is done.`)}>
        ${t}
      </button>
    </footer>
  </${I}>`}function Ma(){let{daxd:e}=_(),[t,n]=$(null),o=V(),r=()=>o.run(async()=>n(await e.host()));B(()=>{r()},[]);let i=t?.findings??[],s=i.filter(({status:a})=>a!=="pass");return u`<h2>What the host supports</h2>
    ${o.failure!==null&&u`<${R} failure=${o.failure} />`}
    ${t===null&&o.failure===null&&u`<p class="empty">Examining…</p>`}
    ${t!==null&&u`<p class="hint">
        ${i.length-s.length} of ${i.length} checks pass.
        <button type="button" disabled=${o.isRunning} onClick=${r}>Examine again</button>
      </p>`}
    <ul class="findings">
      ${s.map(({id:a,title:l,status:d,detail:c,cost:p,mend:f})=>u`<li key=${a}>
            <${G} state=${d} /> <b>${l}</b> <span>${c}</span>
            ${p!==null&&u`<p>${p}</p>`} ${f!==null&&u`<p
              class="mend">${f}</p>`}
          </li>`)}
    </ul>`}function Yr(){let e=_(),{state:t,connection:n}=e;t.leases.version.value;let o=[...t.leases.rows()].sort((i,s)=>i.expires_at<s.expires_at?-1:1),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Leases</h1></header>
    <${oe}
      label="Leases"
      columns=${Na(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"Nobody holds a lease."}
    />
  </section>`}function Na({now:e,session:t,dialog:n}){return[{name:"Lease",key:({id:o})=>o,cell:({id:o})=>u`<code>${o}</code>`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Time left",key:({expires_at:o})=>o,cell:o=>u`<${Tt} lease=${o} />`},{name:"Renewed for",isNumber:!0,key:({ttl_ms:o})=>o,cell:({ttl_ms:o})=>fe(o)},{name:"Last renewed",key:({updated_at:o})=>o,cell:({updated_at:o})=>St(o,e.value)},{name:"Claim",key:({claim:o})=>o??"",cell:({claim:o})=>o===null?"\u2014":u`<a class="name" href=${U("claims",o)}>${o}</a>`},{name:"Token",isNumber:!0,key:({token:o})=>o,cell:({token:o})=>o},{name:"",cell:o=>t.may("leases:change")&&u`<button
          type="button"
          aria-label=${`End lease ${o.id}`}
          onClick=${()=>{n.value=u`<${Va} lease=${o} />`}}
        >
          End…
        </button>`}]}function Va({lease:e}){let{daxd:t,dialog:n}=_(),{id:o,holder:r,claim:i}=e,{run:s,isRunning:a,failure:l}=V();return u`<${I} title=${`End lease ${o}?`}>
    <p>
      To daxd this is the death of <b>${r}</b>: its handles are closed and its mappings
      dropped${i===null?".":u`, and the claim <b>${i}</b> is released.`}
    </p>
    ${l!==null&&u`<${R} failure=${l} />`}
    <footer>
      <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
      <button type="button" class="danger" disabled=${a}
        onClick=${()=>s(()=>t.leases.delete(o),`Lease ${o} is over.`)}>
        End the lease
      </button>
    </footer>
  </${I}>`}var La={region:"",name:"",size:"1GiB",align:"",wipe:"none",use:"device",shape:"any"};function Jr(){let{daxd:e,dialog:t,selection:n}=_(),[o,r]=$(null),i=V(),s=V(),[a,l]=kt(La,()=>{r(null),i.forget(),s.forget()}),d=n.regions.value,c=d.find(({id:m})=>String(m)===a.region)?.supported_aligns??[],p=Ia(a);function f(m){if(m.preventDefault(),o===null)i.run(async()=>r(await e.namespaces.create(p,{dryRun:!0})));else{let h=`${X(o.size)} are ${o.chardev??"being made"}.`;s.run(()=>e.namespaces.create(p,{wait:!1}),h)}}return u`<${I} title="Create namespace">
    <form onSubmit=${f}>
      <div class="fields">
        <${F} label="Region" value=${a.region} onValue=${l("region")} options=${[["","any that fits"],...d.map(({id:m,available_size:h})=>[String(m),`${m} (${X(h)} free)`])]} />
        <${F} label="Size" value=${a.size} onValue=${l("size")} isRequired
          hint="64MiB, 1GiB, or max" />
        <${F} label="Name" value=${a.name} onValue=${l("name")}
          hint="daxd makes one if empty" />
        <${F} label="Align" value=${a.align} onValue=${l("align")} options=${[["","the region's"],...c.map(m=>[String(m),X(m)])]} />
        <${F} label="Place" value=${a.shape} onValue=${l("shape")} options=${[["any","where there is room"],["contiguous","in one piece"]]} />
        <${F} label="For" value=${a.use} onValue=${l("use")} options=${[["device","a device of its own"],["pool","a pool: slices of claims"]]} />
        <${F} label="On release" value=${a.wipe} onValue=${l("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
      </div>
      ${o!==null&&u`<${Wa} plan=${o} />`}
      ${[i.failure,s.failure].map(m=>m!==null&&u`<${R} failure=${m}
            onSize=${h=>l("size")(String(h))} />`)}
      <footer>
        <button type="button" onClick=${()=>{t.value=null}}>Cancel</button>
        <button type="submit" class="primary" disabled=${i.isRunning||s.isRunning}>
          ${o===null?"Check":"Create"}
        </button>
      </footer>
    </form>
  </${I}>`}function Ia({region:e,name:t,size:n,align:o,wipe:r,use:i,shape:s}){return{size:n.trim(),...e===""?{}:{region:Number(e)},...t.trim()===""?{}:{name:t.trim()},...o===""?{}:{align:Number(o)},...r==="none"?{}:{wipe:"on_release"},...i==="pool"?{pool:!0}:{},...s==="contiguous"?{contiguous:!0}:{}}}function Wa({plan:e}){let{state:t,selection:n,session:o}=_(),{size:r,chardev:i,region:s,ranges:a}=e,l=t.regions.get(String(s)),d=n.occupancies.value.get(s)?.pieces??[],c=a.map(({start:p,end:f})=>({start:p,end:f+1}));return u`<div class="plan" role="status">
    <p>
      Would take <b><${x} bytes=${r} /></b> of region ${s} as <b>${i}</b>, in
      ${" "}${M(a.length,"range")}:
    </p>
    ${l!==void 0&&u`<${Re} region=${l} pieces=${d} planned=${c}
        isPartial=${!o.may("regions:map")} />`}
    <ul>
      ${a.map(({start:p,end:f,size:m})=>u`<li><code>${Q(p)}–${Q(f)}</code> <${x}
            bytes=${m} /></li>`)}
    </ul>
  </div>`}var Ha="This host offers no device-dax memory. The Host view says what is missing.",Zr=9;function ei(){let{selection:e,session:t,connection:n}=_(),o=e.regions.value,r=n.value.state==="loading";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Regions</h1>
      <div class="actions">${Ua()}</div>
    </header>
    ${o.length===0&&u`<p class="empty">
        ${r?"Reading what the host offers\u2026":Ha}
      </p>`}
    ${o.map(i=>u`<${Fa} key=${i.id} region=${i} />`)}
    ${o.length>0&&!t.may("regions:map")&&u`<p class="hint">
        Only what is yours is drawn: other tenants' devices are not yours to see. The figures count
        all of the region.
      </p>`}
  </section>`}function Ua(){let{session:e,dialog:t}=_();return u`${e.may("namespaces:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${Jr} />`}}
    >
      Create namespace…
    </button>`}
  ${e.may("claims:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${Pt} />`}}
    >
      Claim memory…
    </button>`}`}function Fa({region:e}){let{selection:t,session:n}=_(),o=t.occupancies.value.get(e.id);if(o===void 0)return null;let r=!n.may("regions:map"),{id:i,provider:s,kind:a,media:l,numa_node:d,target_node:c,align:p,drift:f,schedulable:m}=e,h=[s,a,l.persistence,l.type,`NUMA ${d}`,c===d?"":`target node ${c}`];return u`<article class="region" aria-labelledby=${`region-${i}`}>
    <header>
      <h2 id=${`region-${i}`}>Region ${i}</h2>
      <p class="facts">
        ${h.filter(y=>y!=="").join(" \xB7 ")} · align <${x} bytes=${p} />
      </p>
      ${e.state!=="enabled"&&u`<${G} state=${e.state} />`}
      ${!m&&u`<span class="flag">closed to new placements</span>`}
      ${f!==null&&u`<span class="flag bad">differs from the host: ${f}</span>`}
    </header>
    <${Re} region=${e} pieces=${o.pieces} isPartial=${r} />
    ${Ba({region:e,occupancy:o,isPartial:r})} ${za({occupancy:o,isPartial:r})}
  </article>`}function Ba({region:e,occupancy:t,isPartial:n}){let{size:o}=e,r=n?e.available_size:t.available,i=n?e.max_available_extent:t.largest,{holes:s,deviceCount:a}=t,l=Je(i,r);return u`<dl class="figures">
    <div><dt>Size</dt><dd><${x} bytes=${o} /></dd></div>
    <div>
      <dt>Free</dt>
      <dd><${x} bytes=${r} /> <small>${Je(r,o)}</small></dd>
    </div>
    <div class="wide">
      <dt>Largest free extent</dt>
      <dd>
        <${x} bytes=${i} />
        <small>${r===0?"nothing is free":`${l} of what is free`}</small>
        <meter
          min="0"
          max=${Math.max(1,r)}
          value=${i}
          aria-label=${`Largest free extent of region ${e.id} against all that is free`}
          >${l}</meter
        >
      </dd>
    </div>
    ${!n&&u`<div><dt>Holes</dt><dd>${s}</dd></div>`}
    <div><dt>${n?"Your devices":"Devices"}</dt><dd>${a}</dd></div>
  </dl>`}function za({occupancy:e,isPartial:t}){let{owners:n}=e;if(n.length===0)return null;let o=n.slice(Zr),r=o.reduce((i,{bytes:s})=>i+s,0);return u`<ul class="legend" aria-label=${t?"What is yours":"Who has how much"}>
    ${n.slice(0,Zr).map(({owner:i,bytes:s})=>u`<li key=${i}><${Pe} owner=${i} /> <${x} bytes=${s} /></li>`)}
    ${o.length>0&&u`<li>${M(o.length,"other")} <${x}
      bytes=${r} /></li>`}
  </ul>`}function ti(){let{session:e}=_(),[t,n]=$("");return u`<section class="sign-in">
    <h1 tabindex="-1">Who are you?</h1>
    ${e.isTokenWrong.value&&u`<p class="problem"
      role="alert">daxd does not know that token.</p>`}
    <form
      onSubmit=${o=>{o.preventDefault(),e.enter(t.trim())}}
    >
      <label class="field"
        ><span>Token</span
        ><input
          type="password"
          autocomplete="off"
          required
          value=${t}
          onInput=${o=>n(o.target.value)}
        /><small>It is kept in this tab only, and forgotten with it.</small></label
      >
      <button type="submit" class="primary">Sign in</button>
    </form>
    <p class="hint">
      On the host, <code>daxd token create --name you --role viewer</code> makes one that may look
      at everything and change nothing.
    </p>
  </section>`}var qa={regions:"regions:read",devices:"devices:read",claims:"claims:read",leases:"leases:read",operations:"operations:read",host:"host:read",events:"events:read"};function ni({notice:e}){let{session:t,dialog:n,address:o}=_(),{view:r,id:i}=o.value,s=j(null),a=j(!0);B(()=>{document.title=`${i??r} \xB7 daxd`,a.current||s.current?.querySelector("h1")?.focus(),a.current=!1},[r,i]);let l=t.isTokenWanted.value;return u`<a class="skip" href="#main" onClick=${d=>Ga(d,s.current)}
      >Skip to the content</a
    >
    <header class="page">
      <span class="brand">daxd</span>
      ${!l&&u`<${Ka} />`}
      <div class="standing"><${Qa} /> <${Ja} /></div>
    </header>
    <main id="main" ref=${s} tabindex="-1">
      ${l?u`<${ti} />`:ja(r,i)}
    </main>
    <div class="notice" role="status" aria-live="polite">${e.said}</div>
    ${n}`}function Ga(e,t){e.preventDefault(),t?.focus()}function ja(e,t){return{regions:()=>u`<${ei} />`,devices:()=>u`<${Kr} id=${t} />`,claims:()=>u`<${xr} id=${t} />`,leases:()=>u`<${Yr} />`,operations:()=>u`<${Fr} />`,host:()=>u`<${Qr} />`,events:()=>u`<${Xr} />`}[e]()}function Ka(){let e=_(),{session:t,address:n}=e;return u`<nav aria-label="Views">
    <ul>
      ${mn.filter(o=>t.may(qa[o])).map(o=>u`<li key=${o}>
            <a href=${U(o)}
              aria-current=${n.value.view===o?"page":void 0}
              >${o[0]?.toUpperCase()}${o.slice(1)}${Xa(e,o)}</a
            >
          </li>`)}
    </ul>
  </nav>`}function Xa({state:e,selection:t},n){let r={devices:()=>t.devices.value.length,claims:()=>+(e.claims.version.value>=0)*e.claims.size,leases:()=>+(e.leases.version.value>=0)*e.leases.size,operations:()=>t.unfinished.value.length}[n]?.()??0;return r===0?null:u` <span class="badge">${me(r)}</span>`}function Qa(){let{connection:e,session:t,now:n}=_(),o=e.value,r=t.who.value,i={loading:"loading",live:"live",waiting:"signed out",reconnecting:"reconnecting"}[o.state],s=o.state==="reconnecting"?n.value-o.sinceMs:0;return u`<span class=${`connection ${o.state}`}
    title=${o.state==="reconnecting"?o.why:""}>
      <span class="mark" aria-hidden="true"></span><span role="status">${i}</span>
      ${s>0&&u`<span class="number" aria-hidden="true">${fe(s)}</span>`}
    </span>
    ${r!==null&&u`<span class="who" title=${`recognised by ${r.via}`}
        >${r.name}<small>${r.role}${Ya(r.tenant)}</small></span
      >`}
    ${t.token()!==null&&r!==null&&u`<button type="button" onClick=${()=>t.leave()}>Sign out</button>`}`}function Ya(e){return e===null?"":` of ${e}`}function Ja(){let{settings:e}=_(),{theme:t,isExact:n}=e,o={system:"Auto",light:"Light",dark:"Dark"};return u`<button
      type="button"
      aria-pressed=${n.value}
      title="Sizes to the last byte"
      onClick=${()=>{n.value=!n.value}}
    >
      Bytes
    </button>
    <select
      aria-label="Colours"
      value=${t.value}
      onChange=${r=>{t.value=r.target.value}}
    >
      ${pn.map(r=>u`<option value=${r}
        selected=${r===t.value}>${o[r]}</option>`)}
    </select>`}var Za=15e3,tt=er(sessionStorage),oi=Fo((e,t)=>fetch(e,t)),nt=nn({url:location.origin,token:tt.token,fetch:oi.fetch}),Sn=qo(()=>he.tell()),he=zo({changed:Sn,lookAgain:e=>{tl(e)}}),ri=Xo(nt),On=vr(he,ri.byRegion),ii=tr(localStorage,document.documentElement),el=new AbortController,si=Wo({daxd:nt,state:he,session:tt,loaded:()=>{nl()}},el.signal),ai=O(fn(location.hash)),li=Lo();async function tl(e){let t=he.devices.get(e);if(t===void 0)return;let n=await nt.devices.get(e).catch(()=>null);n!==null?he.devices.put(n):he.devices.remove(e,t.revision),Sn()}async function nl(){if(tt.may("regions:map"))for(let{id:e,available_size:t}of On.regions.value)On.occupancies.value.get(e)?.available!==t&&await ri.read(e)}async function ol(){if(!(tt.may("regions:map")||si.value.state!=="live")){for await(let e of nt.regions.list())he.regions.replace(e);Sn()}}addEventListener("hashchange",()=>{ai.value=fn(location.hash)});for(let e of["(prefers-color-scheme: dark)","(prefers-contrast: more)"])matchMedia(e).addEventListener("change",()=>yn(document.documentElement));ii.theme.subscribe(()=>yn(document.documentElement));setInterval(()=>{ol().catch(()=>{})},Za);var rl={daxd:nt,state:he,selection:On,session:tt,connection:si,settings:ii,looks:Ko(),address:ai,now:oi.now,dialog:O(null),say:li.say},Cn=document.getElementById("root");Cn!==null&&(Cn.replaceChildren(),zt(u`<${on.Provider} value=${rl}><${ni} notice=${li} /><//>`,Cn));

var T,An,Ht,ue,It,at,Dn,it,Rn,Ut,Wt,Mn,Ve=Symbol.for("pv"),lt={},ct=[],mi=/^m(i|n|o|s|text|space)$/,Bt=Array.isArray,zt=ct.slice,he=Object.assign;function ye(e){e&&e.parentNode&&e.remove()}function Ie(e,t,n){var o,r,i,s={},a=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:s[i]=t[i];return a>2&&(s.children=a>3?zt.call(arguments,2):n),Le(e,s,o,r,null)}function Le(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ve,__v:r||++An,__i:-1,__u:0};return!r&&T.vnode&&T.vnode(i),i}function ve(e){return e.children}function ge(e,t){this.props=e,this.context=t,this.__g=0}function de(e,t){if(t==null)return e.__&&de(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:de(e)}function fi(e){var t,n=e.__v,o=n.__e,r=[],i=[],s=e.__P;s&&((t=he({constructor:Ve},n)).__v=n.__v+1,T.vnode&&T.vnode(t),qt(s,t,n,e.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||de(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,Fn(r,t,i),n.__=n.__e=null,t.__e!=o&&Nn(t))}function Nn(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Nn(e)}function Ft(e){(8&e.__g||(e.__g|=8,ue.push(e),at++))&&It==T.debounceRendering||((It=T.debounceRendering)||queueMicrotask)(Ln)}function Ln(){try{for(var e,t=1;ue.length;)ue.length>t&&ue.sort(Dn),e=ue.shift(),t=ue.length,8&e.__g&&fi(e)}finally{(at=ue.length)&&(It||queueMicrotask)(Ln)}}function Vn(e,t,n,o,r,i,s,a,l,d,c){var m,f,p,y,h,g,_=o.__k||ct,w=t.length;for(l=yi(n,t,_,l,w),m=0;m<w;m++)(p=n.__k[m])!=null&&(f=~p.__i&&_[p.__i]||lt,p.__i=m,g=qt(e,p,f,r,i,s,a,l,d,c),y=p.__e,(f.ref!=p.ref||8&f.__u)&&(f.ref&&Gt(f.ref,null,p,f),p.ref&&c.push(p.ref,p.__c||y,p)),h=h||y,4&p.__u?(l=In(p,l,e,!f.__v),f.__e&&(f.__e=null)):typeof p.type=="function"&&g!==void 0?l=g:y&&(l=y.nextSibling),p.__u&=-21);return n.__e=h,l}function yi(e,t,n,o,r){var i,s,a,l,d,c,m,f,p,y=n.length,h=y,g=0,_=0,w=e.__k=Array(r);for(i=0;i<r;i++)(s=t[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=w[i]=Le(null,s):Bt(s)?s=w[i]=Le(ve,{children:s}):s.constructor===Ve&&s.__b?s=w[i]=Le(s.type,s.props,s.key,s.ref,s.__v):w[i]=s,l=i+g,s.__=e,s.__b=e.__b+1,a=null,~(d=s.__i=hi(s,n,l,h))&&(h--,(a=n[d])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,d==l-1?g--:d==l+1?g++:d!=l&&(d>l?g--:g++,_=1)):(~d||(r>y?g--:r<y&&g++),typeof s.type!="function"&&(s.__u|=4))):w[i]=null;if(_){for(c=[],m=[],i=0;i<r;i++)if((s=w[i])&&16&s.__u){for(g=0,f=c.length;g<f;)c[p=g+f>>1]<s.__i?g=p+1:f=p;c[g]=s.__i,m[i]=g+1}for(g=c.length;i--;)m[i]&&(m[i]==g?g--:w[i].__u|=4)}if(h)for(i=0;i<y;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=de(a)),Kt(a,a));return o}function In(e,t,n,o){var r,i,s,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=In(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=de(e))&&!t.parentNode&&(t=null),s=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function hi(e,t,n,o){var r,i=e.key,s=e.type,a=t[n],l=a&&!(2&a.__u);if(a===null&&i==null||l&&i==a.key&&s==a.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function kn(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function rt(e,t,n,o,r){var i,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||kn(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||kn(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(s=Wt[t]||(Wt[t]=gi(t)),(e.__a||(e.__a={}))[t]=Ut,i=t!=(t=t.replace(Rn,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,i):e.removeEventListener(t,s,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function gi(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[it]==null)t[it]=Ut++;else if(t[it]<this.__a[e])return;return n(T.event?T.event(t):t)}}}function qt(e,t,n,o,r,i,s,a,l,d){var c,m,f,p,y,h,g,_,w,$,b,V,Ee,Q,x,z,J,te,se=t.type;if(t.constructor!==Ve)return null;128&n.__u&&(l=32&n.__u,c=n.__c.__z)&&(t.__u|=l,m=i=[],c.nodeType==8?a=st(c,i):i.push(c),a=i[0]||a),(c=T.__b)&&c(t);e:if(typeof se=="function"){f=s.length;try{if(_=t.props,w=(c=se.prototype)&&c.render,$=(c=se.contextType)&&o[c.__c],b=c?$?$.props.value:c.__:o,(p=n.__c)?(t.__c=p,2&p.__g&&(p.__g|=1)):(w?t.__c=p=new se(_,b):(t.__c=p=new ge(_,b),p.constructor=se,p.render=_i),$&&$.sub(p),p.state||(p.state={}),p.__n=o,p.__g|=8,p.__h=[],p.__k=[]),w&&(p.__s||(p.__s=p.state),se.getDerivedStateFromProps&&(p.__s==p.state&&(p.__s=he({},p.__s)),he(p.__s,se.getDerivedStateFromProps(_,p.__s)))),y=p.props,h=p.state,p.__v=t,n.__c){if(_!==y&&w&&!se.getDerivedStateFromProps&&p.componentWillReceiveProps&&p.componentWillReceiveProps(_,b),t.__v==n.__v&&!(8&p.__g)||!(4&p.__g)&&p.shouldComponentUpdate&&p.shouldComponentUpdate(_,p.__s,b)===!1){t.__v!=n.__v&&(p.props=_,p.state=p.__s,p.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(j){j&&(j.__=t)}),ct.push.apply(p.__h,p.__k),p.__k=[],p.__h.length&&s.push(p),a=de(n);break e}p.componentWillUpdate&&p.componentWillUpdate(_,p.__s,b),w&&p.componentDidUpdate&&p.__h.push(function(){p.componentDidUpdate(y,h,g)})}else w&&!se.getDerivedStateFromProps&&p.componentWillMount&&p.componentWillMount(),w&&p.componentDidMount&&p.__h.push(p.componentDidMount);p.context=b,p.props=_,p.__P=e,p.__g&=-5,V=T.__r,Ee=w?25:0;do p.__g&=-9,V&&V(t),c=p.render(p.props,p.state=p.__s,p.context);while(8&p.__g&&++Ee<25);w&&(ct.push.apply(p.__h,p.__k),p.__k=[]),p.state=p.__s,p.getChildContext&&(o=he({},o,p.getChildContext())),w&&n.__c&&p.getSnapshotBeforeUpdate&&(g=p.getSnapshotBeforeUpdate(y,h)),Q=c&&c.type===ve&&c.key==null?c.props.children:c,_.__P&&(c=a,r=(e=_.__P).namespaceURI,l=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(j){j&&Kt(j,j)}),n.__k=null),a=n.__k?de(n,0):null),a=Vn(e,Bt(Q)?Q:[Q],t,n,o,r,i,s,a,l,d),_.__P&&(t.__e=null,a=c),t.__u&=-161,m&&m.some(ye),p.__h.length&&s.push(p),1&p.__g&&(p.__g&=-4)}catch(j){if(s.length=f,t.__v=null,l||i)if(j&&j.then){if(t.__u|=128|l,i){for(~(J=i.indexOf(a||void 0))||(J=i.length);(te=i[J-1])&&te.nodeType==8;)J--;for(;J<i.length;J++)if(te=i[J])if(i[J]=null,x){if(te==z)break}else{if(te.nodeType!=8)break;te.data.startsWith("$s")&&(z=st(x=te))}}if(!x){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;x=a}(c=st(x=t.__c.__z||(t.__c.__z=x)))?(t.__e=x,a=c):t.__e=a,a=a&&a.nextSibling}else i&&i.some(ye);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),j&&j.then||Wn(t),T.__e(j,t,n)}}else a=t.__e=vi(n.__e,t,n,o,r,i,s,l,d,e);return(c=T.diffed)&&c(t),a}function st(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Wn(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Wn))}function Fn(e,t,n){for(var o=0;o<n.length;)Gt(n[o++],n[o++],n[o++]);T.__c&&T.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){T.__e(i,r.__v)}})}function vi(e,t,n,o,r,i,s,a,l,d){var c,m,f,p,y,h,g,_,w=n.props||lt,$=t.props,b=t.type;if(b=="svg"?r="http://www.w3.org/2000/svg":b=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(c=0;c<i.length;c++)if((y=i[c])&&(b?y.localName==b:y.nodeType==3)){e=y,i[c]=null;break}}if(!e){if(_=d.ownerDocument||document,!b)return _.createTextNode($);e=_.createElementNS(r,b,$.is?$:d),a&&(T.__m&&T.__m(t,i),a=!1),i=null}if(b){if(d=b=="template"&&e.content||e,i=b=="textarea"&&$.defaultValue!=null?null:i&&zt.call(d.childNodes),!a&&i)for(w={},c=0;c<e.attributes.length;c++)w[(y=e.attributes[c]).name]=y.value;for(c in w)y=w[c],c=="dangerouslySetInnerHTML"?f=y:c=="children"||c in $||c=="value"&&"defaultValue"in $||c=="checked"&&"defaultChecked"in $||rt(e,c,null,y,r);for(c in $)y=$[c],c=="children"?p=y:c=="dangerouslySetInnerHTML"?m=y:c=="value"?h=y:c=="checked"?g=y:a&&typeof y!="function"||w[c]===y||rt(e,c,y,w[c],r);m?(a||f&&(m.__html==f.__html||m.__html==e.innerHTML)||(e.innerHTML=m.__html),t.__k=[]):(f&&(e.textContent=""),(b=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&mi.test(b))&&(r="http://www.w3.org/1999/xhtml"),Vn(d,Bt(p)?p:[p],t,n,o,r,i,s,i?i[0]:n.__k&&de(n,0),a,l),i&&i.some(ye)),a&&b!="textarea"||(c="value",b=="progress"&&h==null?e.removeAttribute(c):h==null||h===e[c]&&(b!="progress"||h)||rt(e,c,h,w[c],r),c="checked",g!=null&&g!=e[c]&&rt(e,c,g,w[c],r))}else w===$||a&&e.data==$||(e.data=$);return e}function Gt(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){T.__e(r,n)}}function Kt(e,t,n){var o,r,i,s;if(T.unmount&&T.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||Gt(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){T.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(s=0;s<o.length;s++)o[s]&&Kt(o[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=st(o,i=[]))&&(o==e.__e&&i.some(ye),ye(r),ye(o)),n||ye(e.__e),e.__e=e.__c=e.__=null}function _i(e,t,n){return this.constructor(e,n)}function jt(e,t){var n,o,r,i;T.__&&T.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Le(ve,{children:[e]}),r=[],i=[],qt(t,t.__k,o||lt,lt,t.namespaceURI,o?null:t.firstChild?zt.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),Fn(r,t.__k,i),t.__k.props.children=null}function Hn(e){function t(n){var o,r;return this.getChildContext||(o=new Set,(r={})[t.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=function(i){this.props.value!=i.value&&o.forEach(function(s){s.__g|=4,Ft(s)})},this.sub=function(i){o.add(i);var s=i.componentWillUnmount;i.componentWillUnmount=function(){o.delete(i),s&&s.call(i)}}),n.children}return t.__c="__cC"+Mn++,t.__=e,t.Provider=(t.Consumer=function(n,o){return n.children(o)}).contextType=t,t}T={__e:function(e,t,n,o){for(var r,i,s;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw at=0,e}},An=0,Ht=function(e){return e!=null&&e.constructor===Ve},ge.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=he({},this.state)),typeof e=="function"&&(e=e(he({},n),this.props)),e&&(he(n,e),this.__v&&(t&&this.__k.push(t),Ft(this)))},ge.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Ft(this))},ge.prototype.render=ve,ue=[],at=0,Dn=function(e,t){return e.__v.__b-t.__v.__b},it=Symbol(),Rn=/(PointerCapture)$|Capture$/i,Ut=0,Wt={},Mn=0;var _e,k,Xt,Un,Yt=Object.is,ut=0,Qn=[],Qt=[],M=T,Bn=M.__b,zn=M.__r,qn=M.diffed,Gn=M.__c,Kn=M.unmount,jn=M.__;function Fe(e,t){M.__h&&M.__h(k,e,ut||t),ut=0;var n=k.__H||(k.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function S(e){return ut=1,wi(to,e)}function wi(e,t,n){var o=Fe(_e++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):to(void 0,t),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);Yt(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=k,!k.__f)){k.__f=!0;var r=k.shouldComponentUpdate;k.shouldComponentUpdate=function(i,s,a){var l=this.__H;if(!l)return!0;var d=!1,c=this.props!=i;if(l.__.some(function(f){f.__N&&(d=!0,Yt(f.__[0],f.__N[0])||(c=!0))}),r){var m=r.call(this,i,s,a);return d?m||c:m}return!d||c}}return o.__}function U(e,t){var n=Fe(_e++,3);!M.__s&&eo(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,k.__H.__h.push(n))}function K(e){return ut=5,pe(function(){return{current:e}},[])}function pe(e,t){var n=Fe(_e++,7);return eo(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Jn(e){var t=k.context[e.__c],n=Fe(_e++,9);return n.c=e,t?(n.__==null&&(n.__=!0,t.sub(k)),t.props.value):e.__}function Zn(){var e=Fe(_e++,11);if(!e.__){for(var t=k.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function bi(){var e;do{for(;e=Qt.shift();)try{We(e)}catch(n){M.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Qn.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(We),t.__h.some(Jt),t.__h=[]}catch(n){t.__h=[],M.__e(n,e.__v)}}}while(Qt.length)}M.__b=function(e){k=null,Bn&&Bn(e)},M.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),jn&&jn(e,t)},M.__r=function(e){zn&&zn(e),_e=0;var t=(k=e.__c).__H;t&&(Xt==k?k.__h=[]:(t.__h.some(We),t.__h.some(Jt),_e=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Xt=k},M.diffed=function(e){qn&&qn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Yn(Qn.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Xt=k=null},M.__c=function(e,t){t.some(function(n){try{n.__h.some(We),n.__h=n.__h.filter(function(o){return!o.__||Jt(o)})}catch(o){n.__h=[function(){throw o}]}}),Gn&&Gn(e,t)},M.unmount=function(e){Kn&&Kn(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,Yn(Qt.push(r))}else We(r)}catch(i){t=i}}),o.__H=void 0,t&&M.__e(t,o.__v))};var Xn=typeof requestAnimationFrame=="function";function $i(e){var t,n=function(){clearTimeout(o),Xn&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);Xn&&(t=requestAnimationFrame(n))}function Yn(e){e!=1&&Un==M.requestAnimationFrame||((Un=M.requestAnimationFrame)||$i)(bi)}function We(e){var t=k,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),k=t}function Jt(e){var t=k;e.__c=e.__(),k=t}function eo(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Yt(n,e[o])})}function to(e,t){return typeof t=="function"?t(e):t}var Ei=Symbol.for("preact-signals");function ft(){if(ae>1)ae--;else{var e,t=!1;for((function(){var r=pt;for(pt=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}})();Ue!==void 0;){var n=Ue;for(Ue=void 0,dt++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&oo(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(dt=0,ae--,t)throw e}}function en(e){if(ae>0)return e();Zt=++xi,ae++;try{return e()}finally{ft()}}var He,P=void 0;function Be(e){var t=P,n=He;P=void 0,He=void 0;try{return e()}finally{P=t,He=n}}var Ue=void 0,ae=0,dt=0,xi=0,Zt=0,pt=void 0,mt=0;function no(e){if(P!==void 0){var t=e.n;if(t===void 0||t.t!==P)return t={i:0,S:e,p:P.s,n:void 0,t:P,e:void 0,x:void 0,r:t},P.s!==void 0&&(P.s.n=t),P.s=t,e.n=t,32&P.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=P.s,t.n=void 0,P.s.n=t,P.s=t),t}}function L(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}L.prototype.brand=Ei;L.prototype.h=function(){return!0};L.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Be(function(){var o;(o=t.W)==null||o.call(t)}))};L.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Be(function(){var r;(r=t.Z)==null||r.call(t)}))}};L.prototype.subscribe=function(e){var t=this;return be(function(){var n=t.value;Be(function(){return e(n)})},{name:"sub"})};L.prototype.valueOf=function(){return this.value};L.prototype.toString=function(){return this.value+""};L.prototype.toJSON=function(){return this.value};L.prototype.peek=function(){var e=this;return Be(function(){return e.value})};Object.defineProperty(L.prototype,"value",{get:function(){var e=no(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(dt>100)throw new Error("Cycle detected");(function(n){ae!==0&&dt===0&&n.l!==Zt&&(n.l=Zt,pt={S:n,v:n.v,i:n.i,o:pt})})(this),this.v=e,this.i++,mt++,ae++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{ft()}}}});function C(e,t){return new L(e,t)}function oo(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function ro(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function io(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function we(e,t){L.call(this,void 0,t),this.x=e,this.s=void 0,this.g=mt-1,this.f=4}we.prototype=new L;we.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===mt))return!0;if(this.g=mt,this.f|=1,this.i>0&&!oo(this))return this.f&=-2,!0;var e=P;try{ro(this),P=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return P=e,io(this),this.f&=-2,!0};we.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}L.prototype.S.call(this,e)};we.prototype.U=function(e){if(this.t!==void 0&&(L.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};we.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(we.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=no(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Z(e,t){return new we(e,t)}function so(e){var t=e.j;if(e.j=void 0,typeof t=="function"){ae++;var n=P;P=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,tn(e),o}finally{P=n,ft()}}}function tn(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,so(e)}function Si(e){if(P!==this)throw new Error("Out-of-order effect");io(this),P=e,this.f&=-2;try{8&this.f&&tn(this)}finally{ft()}}function xe(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,He&&He.push(this)}xe.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};xe.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,so(this),ro(this),ae++;var e=P;return P=this,Si.bind(this,e)};xe.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ue,Ue=this)};xe.prototype.d=function(){this.f|=8,1&this.f||tn(this)};xe.prototype.dispose=function(){this.d()};function be(e,t){var n=new xe(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var ao,ht,yt,Ci=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var lo=[];be(function(){ao=this.N})();function Se(e,t){T[e]=t.bind(null,T[e]||function(){})}function ze(e){if(yt){var t=yt;yt=void 0,t()}yt=e&&e.S()}function co(e){var t=this,n=e.data,o=Ti(n);o.name="ReactiveDom",o.value=n;var r=pe(function(){for(var a=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var d=Z(function(){var p=o.value.value;return p===0?0:p===!0?"":p||""}),c=Z(function(){return!Array.isArray(d.value)&&!Ht(d.value)}),m=be(function(){if(this.N=uo,c.value){var p=d.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=p)}}),f=t.__$u.d;return t.__$u.d=function(){m(),f.call(this)},[c,d]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}co.displayName="ReactiveTextNode";Object.defineProperties(L.prototype,{constructor:{configurable:!0,value:Ie(ve,null).constructor},type:{configurable:!0,value:co},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Se("__b",function(e,t){if(ze(),ht=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof L&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});Se("__r",function(e,t){if(e(t),t.type!==ve){ze();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,i){var s;return be(function(){s=this},{name:i}),s.c=r,s})((function(r){return function(){var i;Ci&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),ht=o,ze(n)}});Se("__e",function(e,t,n,o){ze(),ht=void 0,e(t,n,o)});Se("diffed",function(e,t){ze(),ht=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var l in o){var d=i[l],c=o[l];d===void 0?(d=Oi(n,l,c,r),i[l]=d):d.o(c,r)}}}e(t)});function Oi(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=C(n);return{o:function(s,a){i.value=s,o=a},d:be(function(){this.N=uo;var s=i.value.value;o[t]!==s&&(o[t]=s,r?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Se("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=t.__np;if(s){var a=t.props;for(var l in s)a[l]=s[l]}t.__np=void 0}else{var d=t.__c;if(d){d.__$f|=8;var c=d.__$u;c&&(d.__$u=void 0,c.d())}}e(t)});Se("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});ge.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function Ti(e,t){return pe(function(){return C(e,t)},[])}var Pi=function(e){queueMicrotask(function(){queueMicrotask(e)})};function ki(){en(function(){for(var e;e=lo.shift();)ao.call(e)})}function uo(){lo.push(this)===1&&(T.requestAnimationFrame||Pi)(ki)}var O=class extends Error{name="DaxdError";problem;status;code;errno;operation;constructor(t,n){super(t.detail??t.title),this.problem=t,this.status=t.status,this.code=t.code,this.errno=t.errno,this.operation=n}get issues(){return this.problem.issues}get holders(){return this.problem.holders}get suggested_size(){return this.problem.suggested_size}get available_size(){return this.problem.available_size}get max_available_extent(){return this.problem.max_available_extent}get failed_index(){return this.problem.failed_index}get retry_after_s(){return this.problem.retry_after_s}},I=class extends Error{name="DaxdConnectionError";reason;status;constructor(t,n,o={}){super(n,"cause"in o?{cause:o.cause}:void 0),this.reason=t,this.status=o.status}},qe=class extends Error{name="OperationTimeoutError";operation;constructor(t,n){let{id:o,verb:r,target:i,state:s,progress:a}=t;super(`Operation ${o} (${r} ${i.id}) is ${s} after ${Math.round(n)} ms, ${a.done} of ${a.total} bytes done; it goes on.`),this.operation=t}},Ce=class extends Error{name="LeaseLostError";lease;constructor(t,n){let{id:o,holder:r,ttl_ms:i}=t,s=n instanceof Error?n.message:String(n);super(`Lease ${o} of ${r} (${i} ms) is lost: ${s}`,{cause:n}),this.lease=t}};function ne(e,t){return new Promise((n,o)=>{if(t?.aborted===!0)return o(t.reason);let r=()=>{clearTimeout(i),o(t?.reason)},i=setTimeout(()=>{t?.removeEventListener("abort",r),n()},e);t?.addEventListener("abort",r,{once:!0})})}function gt(){let e=crypto.getRandomValues(new Uint8Array(16));return Array.from(e,t=>t.toString(16).padStart(2,"0")).join("")}function vt(e,t){let n=Ai(e);return n===null?Ge(e.status,t):new O(n)}function Ge(e,{method:t,url:n}){let o=`HTTP ${e} from something that is not daxd: ${t} ${n}`;return new I("not_daxd",o,{status:e})}function Ai({body:e}){return typeof e!="object"||e===null?null:"code"in e&&"status"in e&&"title"in e&&"type"in e?e:null}var Di=100,Ri=5e3;function po(e,t){return e==="GET"||e==="PUT"||e==="DELETE"?!0:t["idempotency-key"]!==void 0}function _t({error:e},t){if(e instanceof O)return e.status===429||e.code==="overloaded"?!0:t&&e.status===503;if(!t)return!1;if(e.reason!=="not_daxd")return!0;let{status:n}=e;return n===502||n===503||n===504||n===429}function wt(e,t){let n=Math.min(Di*2**(t-1),Ri),o=n/2+Math.random()*n/2;return e.retryAfterMs>0?e.retryAfterMs+o:o}function mo({headers:e}){let t=e.get("retry-after");if(t===null)return 0;let n=Number(t),o=Number.isFinite(n)?n*1e3:Date.parse(t)-Date.now();return Number.isFinite(o)?Math.max(0,o):0}var fo=256*1024*1024;async function yo(e,t,n){let{signal:o,timeoutMs:r}=n;o?.throwIfAborted();let i=AbortSignal.timeout(Math.max(1,Math.ceil(r))),s=o===void 0?i:AbortSignal.any([o,i]),{method:a,url:l,headers:d,body:c}=t;try{let m=await e(l,{method:a,headers:d,...c===void 0?{}:{body:c},signal:s,redirect:"error"});return await nn(m)}catch(m){throw o?.throwIfAborted(),on(m,{timeoutMs:i.aborted?r:null,outgoing:t})}}async function nn(e){let{status:t,headers:n}=e;return{status:t,headers:n,body:Ni(e,await Mi(e))}}async function Mi(e){if(e.body===null)return"";let t=new TextDecoder,n=[],o=0,r=e.body.getReader();for(let i=await r.read();!i.done;i=await r.read()){if(o+=i.value.byteLength,o>fo)throw await r.cancel(),new Error(`the answer is over ${fo} bytes`);n.push(t.decode(i.value,{stream:!0}))}return n.join("")+t.decode()}function Ni(e,t){if(t==="")return;let n=e.headers.get("content-type")??"";return/^application\/(?:[\w.-]+\+)?json\b/i.test(n)?JSON.parse(t):t}function on(e,t){let{timeoutMs:n,outgoing:o}=t,{method:r,url:i}=o;if(n!==null){let s=`No answer within ${Math.round(n)} ms: ${r} ${i}`;return new I("timeout",s,{cause:e})}return new I("unreachable",`No answer: ${r} ${i}: ${Li(e)}`,{cause:e})}function Li(e){let t=e;for(;t instanceof Error&&t.cause instanceof Error;)t=t.cause;if(!(t instanceof Error))return String(t);let n=t instanceof AggregateError?t.errors:[];return t.message||n.map(o=>String(o?.message??o)).join("; ")||t.name}function D(e,...t){return String.raw({raw:e},...t.map(Vi))}function Vi(e){let t=String(e);if(t===""||t==="."||t==="..")throw new TypeError(`${JSON.stringify(t)} is no name that daxd could have given`);return encodeURIComponent(t)}function ho(e,t,n={}){let o=new URLSearchParams;for(let[i,s]of Object.entries(n))s!==void 0&&o.set(i,String(s));let r=o.toString();return r===""?`${e}${t}`:`${e}${t}?${r}`}var _o="application/json",Ii="http://127.0.0.1:7329",Wi=3e4,Fi=2e4,Hi=5,Ui=5e3;function wo(e){let t=Gi(e.url),n=e.fetch??((s,a)=>globalThis.fetch(s,a));async function o(s,a={}){let{method:l,path:d,body:c}=s,m={...s.query,...a.dryRun===!0?{dry_run:!0}:{}},f={accept:_o,...vo(e.headers),...Ki(s,a),...vo(a.headers)},p=await go(e);p!==null&&(f.authorization??=`Bearer ${p}`);let y=ho(t,d,m);return c===void 0?{method:l,url:y,headers:f}:(f["content-type"]="application/json",{method:l,url:y,headers:f,body:JSON.stringify(c)})}async function r(s,a={}){let l=a.preferWaitS===void 0?0:a.preferWaitS*1e3,d=l===0?0:l+Ui,c=Math.max(e.attemptTimeoutMs??Fi,d),m=a.timeoutMs??Math.max(e.timeoutMs??Wi,d),f=performance.now()+m,{signal:p}=a,y={...a,idempotencyKey:ji(s,a)},h=!1,g=!1;for(let _=1;;_+=1){let w=await o(s,y),$=Math.min(c,f-performance.now()),b=await Bi(n,w,{timeoutMs:$,signal:p,call:s});if("status"in b)return b;let{error:V}=b;if(g&&qi(s,V))return{status:204,headers:new Headers,body:void 0};if(g||=zi(V),!h&&await i(V,w)){h=!0;continue}let Ee=s.isRepeatable??po(s.method,w.headers),Q=wt(b,_),x=_>=(e.attemptsMax??Hi),z=performance.now()+Q>=f;if(x||z||!_t(b,Ee))throw V;e.onRetry?.({method:s.method,path:s.path,attempts:_,pauseMs:Q,error:V}),await ne(Q,p)}}async function i(s,{headers:a}){if(!(s instanceof O)||s.status!==401)return!1;let l=await go(e);return l!==null&&a.authorization!==`Bearer ${l}`}return{options:e,answer:r,call:async(s,a)=>(await r(s,a)).body,prepare:o,fetch:n}}async function Bi(e,t,n){let o;try{o=await yo(e,t,n)}catch(s){if(s instanceof I)return{error:s,retryAfterMs:0};throw s}return o.status<300||n.call.accepts?.includes(o.status)===!0?typeof o.body=="string"&&t.headers.accept===_o?{error:Ge(o.status,t),retryAfterMs:0}:o:{error:vt(o,t),retryAfterMs:mo(o)}}function zi(e){return e instanceof O?e.status===503&&e.code!=="overloaded":!0}function qi({method:e},t){return e==="DELETE"&&t instanceof O&&t.status===404}function Gi(e){let t=String(e??Ii),{protocol:n,search:o,hash:r}=new URL(t);if((n==="http:"||n==="https:")&&o===""&&r==="")return t.replace(/\/+$/,"");throw new TypeError(`${t} is not the http or https address of a daxd`)}async function go({token:e}){return typeof e=="function"?await e():e??null}function Ki({method:e},t){if(e==="GET")return{};let{ifMatch:n,fencingToken:o,idempotencyKey:r,preferWaitS:i}=t;return{...n===void 0?{}:{"if-match":n==="*"?"*":`"${n}"`},...o===void 0?{}:{"daxd-fencing-token":String(o)},...i===void 0?{}:{prefer:`wait=${i}`},...r===void 0?{}:{"idempotency-key":r}}}function ji({method:e,isRepeatable:t},n){return n.idempotencyKey!==void 0?n.idempotencyKey:e==="POST"&&t!==!0?gt():void 0}function vo(e={}){let t=Object.entries(e).map(([n,o])=>[n.toLowerCase(),o]);return Object.fromEntries(t)}function A(e,t,n={}){let o=(i,s)=>{let a={...s===void 0?{}:{limit:s},...t.query,cursor:i};return e.call({method:"GET",path:t.path,query:a},n)};async function*r(){let i;for(let s=0;s<1e6;s+=1){let{items:a,next:l}=await o(i,1e3);if(yield*a,l===null)return;i=l}throw new Error(`${t.path} has over 1000000 pages`)}return{[Symbol.asyncIterator]:r,page:i=>o(i),async all(){let i=[];for await(let s of r())i.push(s);return i}}}function bo(e){return{list:(t,n)=>A(e,{path:"/v1/audit",query:{...t}},n),head:t=>e.call({method:"GET",path:"/v1/audit/head"},t),verify:(t,n)=>e.call({method:"GET",path:"/v1/audit/verify",query:{...t}},n)}}var Xi=50,Yi=1e3,Qi=36e5;async function ee(e,t,n={}){let{status:o,body:r}=await e.answer(t,n);return o!==202||n.wait===!1?r:await rn(e,r,n)}async function rn(e,t,n={}){let{onProgress:o,signal:r,headers:i,timeoutMs:s,waitTimeoutMs:a=Qi}=n,l=D`/v1/operations/${t.id}`,d=performance.now(),c=t;o?.(c);for(let m=Xi;;m=Math.min(m*2,Yi)){if(Ji(c))return Zi(c);let f=performance.now()-d;if(f>=a)throw new qe(c,f);await ne(Math.min(m,a-f),r);let p=c.revision;c=await e.call({method:"GET",path:l},{signal:r,headers:i,timeoutMs:s}),(c.revision!==p||c.state==="running")&&o?.(c)}}function Ji({state:e}){return e==="succeeded"||e==="failed"||e==="cancelled"}function Zi(e){if(e.state==="succeeded")return e.result??void 0;throw e.problem!==null?new O(e.problem,e):new Error(`Operation ${e.id} is ${e.state} and does not say why`)}function Oe(e){let t=n=>D`/v1/claims/${n}`;return{list:(n,o)=>A(e,{path:"/v1/claims",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>ee(e,{method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function $o(e){let t=n=>D`/v1/devices/${n}`;return{list:(n,o)=>A(e,{path:"/v1/devices",query:{...n}},o),get:(n,o,r)=>e.call({method:"GET",path:t(n),query:{...o}},r),users:(n,o,r)=>e.call({method:"GET",path:`${t(n)}/users`,query:{...o}},r),enable:(n,o)=>e.call({method:"POST",path:`${t(n)}/enable`},o),disable:(n,o,r)=>ee(e,{method:"POST",path:`${t(n)}/disable`,body:o??{}},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function Eo(){let e="";return t=>{e+=t;let n=e.endsWith("\r"),o=(n?e.slice(0,-1):e).replace(/\r\n?/g,`
`).split(`

`);if(e=(o.pop()??"")+(n?"\r":""),e.length>16777216)throw new Error("a frame is over 16777216 long");return o.map(es)}}function es(e){let t=null,n=[];for(let o of e.split(`
`)){let r=o.indexOf(":"),i=r<0?o:o.slice(0,r),s=r<0?"":o.slice(r+1).replace(/^ /,"");i==="id"&&(t=s),i==="data"&&n.push(s)}return{id:t,data:n.length===0?null:n.join(`
`)}}var xo=45e3;async function So(e,t){let{after:n,headers:o}=t,r=n===void 0?{}:{"last-event-id":String(n)},i=await e.prepare({method:"GET",path:"/v1/events"},{headers:{...o,accept:"text/event-stream",...r}}),s=ns(t.signal,i),a=(await s.over(()=>ts(e,i,s.signal))).getReader(),l=new TextDecoder,d=Eo();return{async read(){let{done:c,value:m}=await s.over(()=>a.read());return c?null:d(l.decode(m,{stream:!0}))},close:s.close}}async function ts({fetch:e},{method:t,url:n,headers:o},r){let i={method:t,url:n,headers:o},s=await e(n,{method:t,headers:o,signal:r,redirect:"error"});if(s.status>=400)throw vt(await nn(s),i);let a=s.headers.get("content-type")??"";if(s.body===null||!a.startsWith("text/event-stream"))throw Ge(s.status,i);return s.body}function ns(e,t){let n=new AbortController;return{signal:e===void 0?n.signal:AbortSignal.any([e,n.signal]),close:()=>n.abort(),async over(o){let r=!1,i=setTimeout(()=>{r=!0,n.abort()},xo);try{return await o()}catch(s){throw n.abort(),e?.throwIfAborted(),s instanceof O||s instanceof I?s:on(s,{timeoutMs:r?xo:null,outgoing:t})}finally{clearTimeout(i)}}}}var os=3e4;function Co(e,t){let{signal:n,headers:o}=t,r=t.since,i=null,s=0,a=!1,l=performance.now();async function d(){let m=i===null;i??=await So(e,{after:r,signal:n,headers:o});let f=await i.read();if(f===null)throw new I("unreachable","daxd has ended the stream of events");return m&&t.onOpen?.(),a=!0,s=0,l=performance.now(),f}async function c(m){if(!(m instanceof O||m instanceof I))throw m;s+=1;let p=m instanceof O?m.retry_after_s??0:0,y={error:m,retryAfterMs:p*1e3},h=wt(y,s),g=a?Number.POSITIVE_INFINITY:os;if(performance.now()+h-l>(t.giveUpAfterMs??g)||!_t(y,!0))throw m;t.onLost?.({error:m,pauseMs:h}),await ne(h,n)}return{async next(){for(;;)try{let m=await d(),f=m.findLast(({id:p})=>p!==null&&p!=="");return f!==void 0&&(r=Number(f.id)),m.flatMap(({data:p})=>p===null?[]:[JSON.parse(p)])}catch(m){i?.close(),i=null,n?.throwIfAborted(),await c(m)}},close(){i?.close()}}}function Oo(e){return Object.assign((t={})=>rs(e,t),{list:(t,n)=>A(e,{path:"/v1/events",query:{...t}},n)})}async function*rs(e,t){let n=Co(e,t);try{for(;;)yield*await n.next()}finally{n.close()}}function To(e){let t=n=>D`/v1/handles/${n}`;return{list:(n,o)=>A(e,{path:"/v1/handles",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o,r)=>e.call({method:"POST",path:D`/v1/devices/${n}/handles`,body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function le(e){let t=n=>D`/v1/leases/${n}`;return{list:(n,o)=>A(e,{path:"/v1/leases",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o)=>e.call({method:"POST",path:"/v1/leases",body:n},o),renew:(n,o,r)=>e.call({method:"POST",path:`${t(n)}/renew`,body:o??{},isRepeatable:!0},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function Po(e){let t="/v1/mappings",n=o=>D`/v1/mappings/${o}`;return{list:(o,r)=>A(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>e.call({method:"POST",path:t,body:o},r),translate:(o,r,i)=>e.call({method:"GET",path:`${n(o)}/translate`,query:{offset:r}},i),delete:(o,r)=>e.call({method:"DELETE",path:n(o)},r)}}function ko(e){let t="/v1/namespaces",n=o=>D`/v1/namespaces/${o}`;return{list:(o,r)=>A(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>ee(e,{method:"POST",path:t,body:o},r),patch:(o,r,i)=>e.call({method:"PATCH",path:n(o),body:r},i),delete:(o,r,i)=>ee(e,{method:"DELETE",path:n(o),query:{...r}},i)}}function Ao(e){let t=o=>D`/v1/operations/${o}`,n=(o,r)=>e.call({method:"GET",path:t(o)},r);return{list:(o,r)=>A(e,{path:"/v1/operations",query:{...o}},r),get:n,cancel:(o,r)=>e.call({method:"DELETE",path:t(o)},r),async wait(o,r={}){let{signal:i,headers:s,timeoutMs:a}=r,l=typeof o=="string"?await n(o,{signal:i,headers:s,timeoutMs:a}):o;return rn(e,l,r)}}}function Do(e){let t=n=>D`/v1/regions/${n}`;return{list:(n,o)=>A(e,{path:"/v1/regions",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),map:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`},o),summary:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`,query:{summary:!0}},o),create:(n,o)=>e.call({method:"POST",path:"/v1/regions",body:n},o),patch:(n,o,r)=>e.call({method:"PATCH",path:t(n),body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function bt(e){let t=(n,o=[])=>r=>e.call({method:"GET",path:n,accepts:o},r);return{batch:(n,o)=>e.call({method:"POST",path:"/v1/batch",body:n},o),reconciliation:{get:t("/v1/reconciliation"),act:(n,o)=>e.call({method:"POST",path:"/v1/reconciliation",body:n},o)},host:t("/v1/host"),whoami:t("/v1/whoami"),health:{live:t("/livez"),ready:t("/readyz",[503])},export:{daxctl:t("/v1/export/daxctl"),ndctl:t("/v1/export/ndctl")},metrics:n=>e.call({method:"GET",path:"/metrics"},{...n,headers:{accept:"text/plain",...n?.headers}}),openapi:t("/openapi.json")}}function $t(e){let t=n=>D`/v1/tenants/${n}`;return{list:(n,o)=>A(e,{path:"/v1/tenants",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>e.call({method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}var Ro=1/3,is=1/20,ss=1e3,as=1e3,ls=500,cs=500,us=1e3;function Et(e,t,n={}){let o=new AbortController,{lease:r,sentAt:i}=t,s=new AbortController,a=Promise.resolve(),l=()=>i+r.ttl_ms-performance.now();async function d(p){let{signal:y}=s,h=performance.now();r=await le(e).renew(r.id,{},{signal:y,timeoutMs:p}),i=h}async function c(p){let y=p;for(;;){let h=r.ttl_ms*Ro,g=l()>0?Math.min(h,l()):us;try{if(l()<=0&&!y)throw new Error("its time has passed");return await d(g),!0}catch(w){if(s.signal.aborted)return!1;if(ds(w)||l()<=0)return o.abort(new Ce(r,w)),!1;n.onRenewFailure?.({error:w,leftMs:l()})}let _=Math.min(r.ttl_ms*is,ss);y=await m(Math.min(_/2+Math.random()*_/2,l()))}}async function m(p){let y=performance.now()+p;for(let h=p;h>0;h=y-performance.now()){let g=Date.now()-performance.now();if(await ne(Math.min(h,as),s.signal),Date.now()-performance.now()-g>ls)return!0}return performance.now()-y>cs}async function f(){for(let p=!0;p;){let y=i+r.ttl_ms*Ro-performance.now();p=await c(await m(y)),p&&n.onRenew?.(r)}}return{lost:o.signal,lease:()=>r,start(){if(o.signal.aborted)return;s=new AbortController;let{signal:p}=s;a=f().catch(y=>{p.aborted||o.abort(new Ce(r,y))})},async stop(){s.abort(),await a}}}function ds(e){return e instanceof O&&(e.status===410||e.status===404)}var ps=3e4,ms=6e4,fs=200;async function No(e,t,{onRenew:n,onRenewFailure:o,ifBusy:r,...i}={}){let s=gs(await ys(e,t,i)),a=performance.now(),l=await le(e).renew(s.lease,{},{signal:i.signal}),d=Et(e,{lease:l,sentAt:a},{onRenew:n,onRenewFailure:o});d.start();let c=!1;async function m(f,p){await d.stop();try{let y=await Mo(e,{claim:s,keeper:d,query:f},p);return c=!0,y}catch(y){throw d.start(),y}}return{...s,lost:d.lost,token:l.token,release:m,async[Symbol.asyncDispose](){if(c)return;await d.stop(),await Mo(e,{claim:s,keeper:d,query:r===void 0?{}:{if_busy:r}})}}}async function ys(e,{name:t,...n},o){let r={ttl_ms:ps,...n},i=t??`claim-${gt()}`;try{return await Oe(e).put(i,r,o)}catch(s){if(!(s instanceof O&&s.code==="forbidden_name")||t!==void 0)throw s;let{signal:l}=o,d=n.tenant??(await bt(e).whoami({signal:l})).tenant;if(d===null)throw s;let{name_prefix:c}=await $t(e).get(d,{signal:l});return Oe(e).put(`${c}${i}`,r,o)}}async function Mo(e,t,n={}){let{signal:o,waitTimeoutMs:r=ms}=n,i=performance.now();for(;;){try{return await hs(e,t,n)}catch(s){if(!(s instanceof O&&s.code==="in_transition")||performance.now()-i>=r)throw s}await ne(fs,o)}}async function hs(e,{claim:t,keeper:n,query:o},r){let{name:i,created_at:s}=t,{delete:a,get:l}=Oe(e);try{return await a(i,o,{...r,fencingToken:n.lease().token})}catch(d){if(sn(d,404))return;if(!sn(d,410))throw d}try{let d=await l(i,r);return d.created_at!==s?void 0:await a(i,o,{...r,ifMatch:d.revision})}catch(d){if(sn(d,404))return;throw d}}function sn(e,t){return e instanceof O&&e.status===t}function gs(e){if(e.problem!==null)throw new O(e.problem);let{chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a}=e;if(t!==null&&n!==null&&o!==null&&r!==null&&i!==null&&s!==null&&a!==null)return{...e,chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a};throw new Error(`Claim ${e.name} is ${e.state} and cannot be held.`)}var vs=3e4;async function Lo(e,{ttl_ms:t=vs,...n},o={}){let{onRenew:r,onRenewFailure:i,...s}=o,a=performance.now(),l=await le(e).create({...n,ttl_ms:t},s),d=Et(e,{lease:l,sentAt:a},{onRenew:r,onRenewFailure:i});d.start();async function c(m){await d.stop(),await le(e).delete(l.id,m).catch(_s)}return{id:l.id,token:l.token,lost:d.lost,current:d.lease,release:c,[Symbol.asyncDispose]:()=>c()}}function _s(e){if(!(e instanceof O)||e.status!==404)throw e}function an(e={}){let t=wo(e);return{...bt(t),regions:Do(t),namespaces:ko(t),devices:$o(t),handles:To(t),mappings:Po(t),leases:le(t),claims:Oe(t),operations:Ao(t),tenants:$t(t),audit:bo(t),events:Oo(t),claim:(n,o)=>No(t,n,o),lease:(n,o)=>Lo(t,n,o)}}var ln=Hn(null);function v(){let e=Jn(ln);if(e===null)throw new Error("a component stands outside of the app");return e}var ws=8e3;function Vo(){let e=C(""),t;return{said:e,say(n){clearTimeout(t),e.value=n,t=setTimeout(()=>{e.value=""},ws)}}}var cn=1e5;function Io(){let e=new Map,t=new Map,n=C(0),o=!0,r=!0,i=(s,a)=>`${s} ${a}`;return{version:n,isComplete:()=>o,put(s,{id:a,chardev:l,created_at:d}){let c=i(s,a);if(e.has(c))return;if(e.size>=cn){o=!1;return}e.set(c,{id:a,chardev:l,created_at:d});let m=t.get(l)??new Set;t.set(l,m.add(c)),r=!1},remove(s,a){let l=i(s,a),d=e.get(l);if(d===void 0)return null;e.delete(l);let c=t.get(d.chardev);return c?.delete(l),c?.size===0&&t.delete(d.chardev),r=!1,d.chardev},count(s,{chardev:a,created_at:l}){let d=0;for(let c of t.get(a)??[])c.startsWith(`${s} `)&&(e.get(c)?.created_at??"")>=l&&(d+=1);return d},clear(){e.clear(),t.clear(),o=!0,r=!1},tell(){r||(r=!0,n.value+=1)}}}var bs=3e3;function Wo(e,t){let{daxd:n,session:o}=e,r=C({state:"loading"}),i=Es(e,r);async function s(){for(;!t.aborted;)try{o.recognised(await n.whoami({signal:t})),await i.follow(t)}catch(l){if(t.aborted)return;await a(l)}}async function a(l){l instanceof O&&l.status===401?(r.value={state:"waiting"},o.refused(),await $s(o),r.value={state:"loading"}):l instanceof O&&l.code==="events_gone"||(Fo(r,l),await new Promise(d=>setTimeout(d,bs)))}return s(),r}function Fo(e,t){let n=t instanceof Error?t.message:String(t),o=e.value,r=o.state==="reconnecting"?o.sinceMs:Date.now();e.value={state:"reconnecting",sinceMs:r,why:n}}function $s({isTokenWanted:e}){return new Promise(t=>{let n=e.subscribe(o=>{o||(queueMicrotask(()=>n()),t())})})}function Es(e,t){let{daxd:n,state:o,session:r,loaded:i}=e;async function s(){o.beginLoad();let d=[["regions:read",()=>Te(n.regions.list(),o.regions.put)],["namespaces:read",()=>Te(n.namespaces.list(),o.namespaces.put)],["claims:read",()=>Te(n.claims.list(),o.claims.put)],["devices:read",()=>Te(n.devices.list(),o.devices.put)],["leases:read",()=>Te(n.leases.list(),o.leases.put)],["operations:read",()=>Te(n.operations.list(),o.operations.put)],["handles:read",()=>a("handle")],["mappings:read",()=>a("mapping")]];for(let[c,m]of d)r.may(c)&&await m(),o.tell();o.endLoad(),i()}async function a(d){let c=d==="handle"?n.handles.list():n.mappings.list(),m=cn;for await(let f of c)if(o.references.put(d,f),m-=1,m<0)break}async function l(d){let c=null,m=new AbortController,f=AbortSignal.any([d,m.signal]);function p(){c===null?(t.value={state:"loading"},c=s(),c.then(()=>{f.aborted||(t.value={state:"live"})},h=>m.abort(h))):t.value={state:"live"}}let y={signal:f,onOpen:p,onLost:({error:h})=>Fo(t,h)};for await(let h of n.events(y))o.apply(h);throw new Error("The stream of events has ended.")}return{follow:l}}async function Te(e,t){for await(let n of e)t(n)}var Ho=1e3;function Uo(e){let t=0,n=C(Date.now());return setInterval(()=>{n.value=Date.now()+t},Ho),{now:n,async fetch(o,r){let i=await e(o,r),s=Date.parse(i.headers.get("date")??""),a=s-Date.now();return Number.isNaN(s)||(t=Math.abs(a)<=Ho?0:a),i}}}var Ke=500;function Bo(){let e=C([]),t=C(0),n=[],o=0;return{shown:e,total:t,add(r){o+=1,n.push(r),n.length>2*Ke&&(n=n.slice(-Ke))},tell(){n.length!==0&&(e.value=[...n.reverse(),...e.value].slice(0,Ke),t.value=o,n=[])}}}function $e(e){let t=new Map,n=new Map,o=C(0),r=null,i=!1,s=!0;function a(){return r=null,s=!1,!0}return{version:o,get:l=>t.get(l),rows(){return r??=[...t.values()],r},get size(){return t.size},put(l){let d=e(l),c=Math.max(t.get(d)?.revision??-1,n.get(d)??-1);return l.revision<=c?!1:(t.set(d,l),a())},replace(l){let d=e(l);l.revision<(t.get(d)?.revision??0)||(t.set(d,l),a())},remove(l,d){i&&n.set(l,d);let c=t.get(l);return c===void 0||c.revision>d?!1:(t.delete(l),a())},clear(){t.clear(),n.clear(),a()},remember(l){i=l,l||n.clear()},tell(){s||(s=!0,o.value+=1)}}}function zo(e){let t={region:$e(({id:l})=>String(l)),namespace:$e(({name:l})=>l),device:$e(({chardev:l})=>l),claim:$e(({name:l})=>l),lease:$e(({id:l})=>l),operation:$e(({id:l})=>l)},n=Object.values(t),o=Io(),r=Bo();function i({type:l,id:d,revision:c,object:m}){let f=m,p=f.state==="removed";l!=="deleted"&&!p?t.device.put(f):(l!=="deleted"||!p)&&t.device.remove(d,c)}function s(l,{id:d,object:c}){c===void 0?o.remove(l,d):o.put(l,c)}function a(l){let{kind:d,id:c,revision:m,object:f}=l;if(d==="device")i(l);else if(d==="handle"||d==="mapping")s(d,l);else if(d in t){let p=t[d];f===void 0?p.remove(c,m):p.put(f)}}return{regions:t.region,namespaces:t.namespace,devices:t.device,claims:t.claim,leases:t.lease,operations:t.operation,references:o,log:r,apply(l){r.add(l),a(l),e()},beginLoad(){for(let l of n)l.clear(),l.remember(!0);o.clear()},endLoad(){for(let l of n)l.remember(!1);e()},tell(){for(let l of n)l.tell();o.tell(),r.tell()}}}function qo(e){let t=!1,n=Number.NEGATIVE_INFINITY,o=globalThis.requestAnimationFrame??(i=>setTimeout(i,0));function r(){t=!1,n=performance.now(),e()}return()=>{if(t)return;t=!0;let i=Math.max(0,n+100-performance.now());i===0?o(r):setTimeout(()=>o(r),i)}}var xs="the host",Go="no owner",dn="reserved";function Ko({tenant:e,namespace:t},n){return e!==null?e:n!==null?n:t===null?Go:xs}var je=8,un=["solid","rising","dots","columns","falling","rows","grid","checks"],Ss=je*un.length,Cs=new Map([[Go,{colour:null,pattern:"falling"}],[dn,{colour:null,pattern:"rows"}]]),Os={colour:null,pattern:"dots"};function jo(){let e=new Map;return{of(t){let n=Cs.get(t);if(n!==void 0)return n;let o=e.get(t)??e.size;return o>=Ss?Os:(e.set(t,o),Ts(o))}}}function Ts(e){let t=Math.floor(e/je);return{colour:e%je,pattern:un[(e+t)%un.length]??"solid"}}function Xo(e){let t=C(new Map);return{byRegion:t,async read(n){let{items:o}=await e.regions.map(n),r=o.filter(({state:i,chardev:s})=>i==="allocated"&&s===void 0).map(({start:i,end:s})=>({start:i,end:s+1,chardev:null,owner:dn}));t.value=new Map([...t.value,[n,r]])}}}var pn={admin:"all",operator:"all",tenant:"own",viewer:"none"},ce={admin:"all",operator:"all",tenant:"own",viewer:"all"},Xe={admin:"all",operator:"none",tenant:"own",viewer:"none"},xt={admin:"all",operator:"all",tenant:"none",viewer:"all"},Yo={admin:"all",operator:"all",tenant:"none",viewer:"none"},Qo={admin:"all",operator:"none",tenant:"none",viewer:"none"},Jo={admin:"all",operator:"all",tenant:"all",viewer:"all"},mn={"regions:read":Jo,"regions:map":xt,"regions:change":Yo,"namespaces:read":ce,"namespaces:change":pn,"devices:read":ce,"devices:change":pn,"handles:read":ce,"handles:change":Xe,"mappings:read":ce,"mappings:change":Xe,"batch:change":Xe,"leases:read":ce,"leases:change":Xe,"claims:read":ce,"claims:change":Xe,"operations:read":ce,"operations:change":pn,"events:read":ce,"reconciliation:read":xt,"reconciliation:change":Yo,"host:read":xt,"metrics:read":xt,"tenants:read":ce,"tenants:change":Qo,"audit:read":Qo,"service:read":Jo};function Zo({role:e,tenant:t},n){let o=mn[n][e];return t===null?o==="own"?"none":o:o!=="all"||mn[n].tenant==="all"?o:mn[n].tenant==="own"?"own":"none"}var fn="daxd-token";function er(e){let t=C(e.getItem(fn)),n=C(!1),o=C(!1),r=C(null),i=Z(()=>{let a=r.value;return l=>a!==null&&Zo(a,l)!=="none"});function s(a){e.removeItem(fn),t.value=null,r.value=null,o.value=a,n.value=!0}return{token:()=>t.peek(),isTokenWanted:n,isTokenWrong:o,who:r,may:a=>i.value(a),enter(a){e.setItem(fn,a),t.value=a,n.value=!1},leave:()=>s(!1),refused:()=>s(t.peek()!==null),recognised(a){r.value=a,n.value=!1}}}var hn=["system","light","dark"],yn="daxd-theme";function tr(e,t){let n=e.getItem(yn),o=C(hn.find(r=>r===n)??"system");return o.subscribe(r=>{r==="system"?(e.removeItem(yn),delete t.dataset.theme):(e.setItem(yn,r),t.dataset.theme=r)}),{theme:o,isExact:C(!1)}}var gn=["regions","devices","claims","leases","operations","host","events"],Ps={view:"regions",id:null};function vn(e){let[t="",...n]=e.replace(/^#?\/?/,"").split("/");if(!ks(t))return Ps;let o=As(n.join("/"));return{view:t,id:o===""?null:o}}function W(e,t=null){return t===null?`#/${e}`:`#/${e}/${encodeURIComponent(t)}`}function ks(e){return gn.includes(e)}function As(e){try{return decodeURIComponent(e)}catch{return e}}var or=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var s=t[i++],a=t[i]?(t[0]|=s?1:2,n[t[i++]]):t[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[t[++i]]=a:s===6?o[1][t[++i]]+=a+"":s?(r=e.apply(a,or(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(a)}return o},nr=new Map;function rr(e){var t=nr.get(this);return t||(t=new Map,nr.set(this,t)),(t=or(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,i=1,s="",a="",l=[0],d=function(f){i===1&&(f||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,f,s):i===3&&(f||s)?(l.push(3,f,s),i=2):i===2&&s==="..."&&f?l.push(4,f,0):i===2&&s&&!f?l.push(5,0,!0,s):i>=5&&((s||!f&&i===5)&&(l.push(i,0,s,r),i=6),f&&(l.push(i,f,0,r),i=6)),s=""},c=0;c<n.length;c++){c&&(i===1&&d(),d(c));for(var m=0;m<n[c].length;m++)o=n[c][m],i===1?o==="<"?(d(),l=[l],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(d(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[c][m+1]===">")?(d(),i===3&&(l=l[0]),i=l,(l=l[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(d(),i=2):s+=o),i===3&&s==="!--"&&(i=4,l=l[0])}return d(),l})(e)),t),arguments,[])).length>1?t:t[0]}var u=rr.bind(Ie);var ir=C(Ds());function Ds(){return{owners:[],nobody:"#888",free:"#ddd",freeEdge:"#aaa",ground:"#fff",ink:"#000"}}function Ct(){return ir}function wn(e){let t=getComputedStyle(e),n=o=>t.getPropertyValue(`--${o}`).trim();_n.clear(),ir.value={owners:Array.from({length:je},(o,r)=>n(`owner-${r}`)),nobody:n("owner-nobody"),free:n("free"),freeEdge:n("free-edge"),ground:n("ground"),ink:n("ink")}}var St=8,Rs=.42,_n=new Map;function Ye(e,{owners:t,nobody:n,ground:o},{colour:r,pattern:i}){let s=(r===null?n:t[r])??n;if(i==="solid")return s;let a=`${s} ${i}`,l=_n.get(a);if(l!==void 0)return l;let d=document.createElement("canvas");d.width=St,d.height=St;let c=d.getContext("2d");if(c===null)return s;c.fillStyle=s,c.fillRect(0,0,St,St),c.strokeStyle=o,c.fillStyle=o,c.globalAlpha=Rs,c.lineWidth=1.5,Ms[i](c);let m=e.createPattern(d,"repeat")??s;return _n.set(a,m),m}function oe(e,...t){e.beginPath();for(let[n,o]of t)e.lineTo(n,o);e.stroke()}var Ms={solid:()=>{},rising(e){oe(e,[-1,5],[5,-1]),oe(e,[3,9],[9,3])},falling(e){oe(e,[-1,3],[5,9]),oe(e,[3,-1],[9,5])},rows(e){oe(e,[0,2],[8,2]),oe(e,[0,6],[8,6])},columns(e){oe(e,[2,0],[2,8]),oe(e,[6,0],[6,8])},grid(e){oe(e,[0,4],[8,4]),oe(e,[4,0],[4,8])},dots(e){for(let[t,n]of[[2,2],[6,6]])e.beginPath(),e.arc(t,n,1.3,0,2*Math.PI),e.fill()},checks(e){e.fillRect(0,0,4,4),e.fillRect(4,4,4,4)}};var Ns=new Intl.Collator("en",{numeric:!0});function Pe(e,t){return Ns.compare(e,t)||(e<t?-1:+(e>t))}var bn=class extends Error{name="InvariantViolation"};function Ot(e,t,n){if(e)return;let o=n===void 0?"":` (${JSON.stringify(n)})`;throw new bn(`${t}${o}`)}var sr={EINVAL:422,EACCES:403,EPERM:403,ENOENT:404,EBUSY:409,EEXIST:409,ENXIO:409,ETIMEDOUT:409,SIGBUS:410,ESTALE:410,EOVERFLOW:422,ENOSPC:507,EOPNOTSUPP:501,EIO:502,EAGAIN:503,ECANCELED:409},Tt={malformed:{errno:"EINVAL",status:400,title:"The request is malformed"},overflow:{errno:"EOVERFLOW",title:"A number is beyond 2^53-1"},bad_cursor:{errno:"EINVAL",status:400,title:"The cursor is not one of ours"},bad_reference:{errno:"EINVAL",title:"The batch reference cannot be resolved"},unauthorized:{errno:null,status:401,title:"Credentials are missing or wrong"},forbidden_name:{errno:"EPERM",title:"The name is not one of the tenant"},tenant_unknown:{errno:"EPERM",title:"The tenant is not defined"},tenant_leaving:{errno:"EBUSY",title:"The tenant is being deleted"},tenant_busy:{errno:"EBUSY",title:"The tenant has objects"},prefix_taken:{errno:"EEXIST",title:"The prefix begins names of another tenant"},forbidden:{errno:"EPERM",title:"The caller may not do this"},rate_limited:{errno:"EAGAIN",status:429,title:"The caller asks too often"},too_many_failures:{errno:"EAGAIN",status:429,title:"Too many wrong credentials came from there"},keys_unavailable:{errno:"EAGAIN",title:"The issuer's keys cannot be had"},no_route:{errno:"ENOENT",title:"There is nothing at this path"},method_not_allowed:{errno:null,status:405,title:"The path has no such method"},precondition_failed:{errno:null,status:412,title:"The object has changed"},body_too_large:{errno:null,status:413,title:"The body is too large"},headers_too_large:{errno:null,status:431,title:"The headers are too large"},request_timeout:{errno:null,status:408,title:"The request did not arrive in time"},unsupported_media_type:{errno:null,status:415,title:"The media type is not understood"},idempotency_conflict:{errno:null,status:422,title:"The idempotency key was used for another request"},zero_size:{errno:"EINVAL",title:"The size is zero"},misaligned_size:{errno:"EINVAL",title:"The size is misaligned"},misaligned_start:{errno:"EINVAL",title:"The start is misaligned"},misaligned_range:{errno:"EINVAL",title:"A range is misaligned"},range_outside:{errno:"EINVAL",title:"A range lies outside the region"},range_taken:{errno:"EBUSY",title:"A range is taken"},ranges_mismatch:{errno:"EINVAL",title:"The ranges do not add up to the size"},unsupported_align:{errno:"EINVAL",title:"The alignment is not supported"},unsupported_ranges:{errno:"EOPNOTSUPP",title:"Exact ranges need a dynamic region"},too_small:{errno:"EINVAL",title:"The size leaves nothing usable"},no_memory_block:{errno:"EINVAL",title:"The device holds no whole memory block"},no_space:{errno:"ENOSPC",title:"The region has not enough room"},no_region:{errno:"ENOSPC",title:"No region fits the request"},quota_exhausted:{errno:"ENOSPC",title:"The quota of the tenant is used up"},share_exhausted:{errno:"ENOSPC",title:"The share has not enough left"},no_pool:{errno:"ENOSPC",title:"No pool namespace fits the request"},no_hole:{errno:"ENOSPC",title:"No aligned hole is left"},no_such_region:{errno:"ENOENT",title:"No such region"},no_such_share:{errno:"ENOENT",title:"No such share of the region"},no_such_namespace:{errno:"ENOENT",title:"No such namespace"},no_such_device:{errno:"ENOENT",title:"No such device"},no_such_handle:{errno:"ENOENT",title:"No such handle"},no_such_mapping:{errno:"ENOENT",title:"No such mapping"},no_such_lease:{errno:"ENOENT",title:"No such lease"},no_such_claim:{errno:"ENOENT",title:"No such claim"},no_such_tenant:{errno:"ENOENT",title:"No such tenant"},no_such_operation:{errno:"ENOENT",title:"No such operation"},no_such_item:{errno:"ENOENT",title:"No such reconciliation item"},name_taken:{errno:"EEXIST",title:"The name is taken by a different request"},uuid_taken:{errno:"EEXIST",title:"The uuid is taken"},region_overlap:{errno:"EBUSY",title:"The region overlaps another"},region_busy:{errno:"EBUSY",title:"The region has devices in it"},share_busy:{errno:"EBUSY",title:"More of the share is in use"},owned_by_namespace:{errno:"EBUSY",title:"A namespace owns the device"},owned_by_claim:{errno:"EBUSY",title:"A claim owns the object"},unsupported:{errno:"EOPNOTSUPP",title:"Not supported here"},busy:{errno:"EBUSY",title:"The object is in use"},device_enabled:{errno:"EBUSY",title:"The device must be disabled first"},draining:{errno:"EBUSY",title:"The device is draining"},in_transition:{errno:"EBUSY",title:"Another change of the object is under way"},device_disabled:{errno:"ENXIO",title:"The device is not enabled"},empty_device:{errno:"ENXIO",title:"The device has no memory"},system_ram:{errno:"ENXIO",title:"The device is used as system memory"},stale_generation:{errno:"ESTALE",title:"The generation has ended"},stale_holders:{errno:"EBUSY",title:"An earlier generation is still open"},drain_timeout:{errno:"ETIMEDOUT",title:"The device was still in use at the time-out"},cancelled:{errno:"ECANCELED",title:"The operation was cancelled"},not_cancellable:{errno:"EBUSY",title:"The operation cannot be cancelled"},lease_expired:{errno:"ESTALE",title:"The lease has expired"},stale_token:{errno:"ESTALE",title:"The fencing token is void"},lease_mismatch:{errno:"EINVAL",title:"The lease belongs to another holder"},access_denied:{errno:"EACCES",title:"The handle does not allow this protection"},zero_length:{errno:"EINVAL",title:"The length is zero"},unknown_flag:{errno:"EOPNOTSUPP",title:"A flag is unknown"},not_shared:{errno:"EINVAL",title:"The mapping is not shared"},hugetlb:{errno:"EINVAL",title:"MAP_HUGETLB does not apply to a dax device"},misaligned_offset:{errno:"EINVAL",title:"The offset is misaligned"},misaligned_length:{errno:"EINVAL",title:"The length is misaligned"},needs_dontfork:{errno:"EINVAL",title:"A device without struct pages needs dontfork"},out_of_range:{errno:"EINVAL",title:"The range is not inside the device"},straddles_ranges:{errno:"EINVAL",title:"A unit lies across two ranges"},overlap:{errno:"EBUSY",title:"The range overlaps a live mapping"},revoked:{errno:"SIGBUS",title:"The mapping was revoked"},fault:{errno:"SIGBUS",title:"The access would fault"},wipe_unverified:{errno:"EIO",title:"The memory was not zero after it was wiped"},internal:{errno:null,status:500,title:"Internal error"},backend_failed:{errno:"EIO",title:"The host refused the change"},cdi_failed:{errno:"EIO",title:"The CDI directory cannot be written"},backend_timeout:{errno:"EIO",title:"The host did not answer in time"},host_hung:{errno:"EAGAIN",title:"An earlier call of the host has not returned"},needs_repair:{errno:"EIO",title:"An earlier change failed half-way"},overloaded:{errno:"EAGAIN",title:"Too much is waiting"},shutting_down:{errno:"EAGAIN",title:"The service is stopping"},ledger_full:{errno:"ENOSPC",title:"The state directory is full"},ledger_stalled:{errno:"EAGAIN",title:"The disk does not answer"},ledger_failed:{errno:"EIO",status:503,title:"The ledger cannot be written"},events_gone:{errno:"ESTALE",title:"The events asked for are no longer kept"}};var Pt=class extends Error{name="DaxError";code;facts;constructor(t,n,o={},r){super(n,r===void 0?void 0:{cause:r}),this.code=t,this.facts=o}get errno(){return Tt[this.code].errno}get status(){return Ls(this.code)}get title(){return Tt[this.code].title}};function Ls(e){let t=Tt[e];return t.status!==void 0?t.status:t.errno===null?500:sr[t.errno]}var ar=1024,Vs=1024*ar,Is=1024*Vs,$d=1024*Is,Ed=4*ar;function B(e){return Ot(Number.isSafeInteger(e)&&e>=0,"bytes are an integer in 0..2^53-1",e),e}function lr(e,t){let n=e+t;if(Number.isSafeInteger(n))return n;throw new Pt("overflow",`${e} + ${t} bytes is beyond 2^53-1.`)}function cr(e,t){return B(e-e%t)}function ur(e,t){return e>t?e:t}function Qe(e){return B(e.start+e.size)}function dr(e){let t=B(0);for(let n of e)t=lr(t,n.size);return t}function Ws(e){return[...e].sort((t,n)=>t.start-n.start)}function pr(e,t){let n=[],o=Qe(e),r=e.start;for(let i of Ws(t)){if(i.start>=o)break;i.start>r&&n.push({start:r,size:B(i.start-r)}),Qe(i)>r&&(r=Qe(i))}return r<o&&n.push({start:r,size:B(o-r)}),n}function mr(e,t,n){let o=[];for(let r of pr(e,t)){let i=cr(Qe(r),n),s=r.start%n,a=s===0?r.start:r.start+(n-s);a<i&&o.push({start:B(a),size:B(i-a)})}return o}function fr(e){return dr(e)}function yr(e){return e.reduce((t,n)=>ur(t,n.size),B(0))}function hr(e,t){let n=e.start+e.size,o=[],r=e.start,i=[...t].sort((s,a)=>s.start-a.start||s.end-a.end);for(let s of i){let a=Math.max(s.start,r),l=Math.min(s.end,n);a>=l||(a>r&&o.push({start:r,end:a,chardev:null,owner:null}),o.push({start:a,end:l,chardev:s.chardev,owner:s.owner}),r=l)}return r<n&&o.push({start:r,end:n,chardev:null,owner:null}),o}function $n(e,{namespace:t,claim:n}){let o=e.namespace===null?void 0:t(e.namespace),r=o?.claim?n(o.claim)?.holder??null:null;return Ko(e,r)}function Fs(e,t,n){let{chardev:o,namespace:r,ranges:i}=e,s=$n(e,n),[a]=i,l=r===null?void 0:n.namespace(r)?.size;return t.kind==="static"&&a!==void 0&&l!==void 0&&l>a.size?[{start:a.end+1-l,end:a.end+1,chardev:o,owner:s}]:i.map(({start:d,end:c})=>({start:d,end:c+1,chardev:o,owner:s}))}function gr(e,t,n,o){let r=t.filter(({ranges:c})=>c.length>0),i=[...r.flatMap(c=>Fs(c,e,o)),...n],s=hr(e,i),a=mr({start:B(e.start),size:B(e.size)},i.map(({start:c,end:m})=>({start:B(c),size:B(m-c)})),B(e.granularity)),l=new Map;for(let{owner:c,start:m,end:f}of s)c!==null&&l.set(c,(l.get(c)??0)+f-m);let d=[...l].map(([c,m])=>({owner:c,bytes:m}));return d.sort((c,m)=>m.bytes-c.bytes||(c.owner<m.owner?-1:1)),{pieces:s,available:fr(a),largest:yr(a),holes:a.length,deviceCount:r.length,owners:d}}function vr(e,t){let{namespaces:n,claims:o,references:r}=e,i={namespace:n.get,claim:o.get},s=Z(()=>(e.regions.version.value,[...e.regions.rows()].sort((c,m)=>c.id-m.id))),a=Z(()=>(e.devices.version.value,e.devices.rows().filter(({size:c,namespace:m})=>c>0||m!==null).sort((c,m)=>Pe(c.chardev,m.chardev)))),l=Z(()=>{n.version.value,o.version.value;let c=Map.groupBy(a.value,({region:m})=>m);return new Map(s.value.map(m=>{let{id:f}=m,p=t.value.get(f)??[];return[f,gr(m,c.get(f)??[],p,i)]}))}),d=Z(()=>(e.operations.version.value,e.operations.rows().filter(({finished_at:c})=>c===null)));return{regions:s,devices:a,occupancies:l,unfinished:d,ownerOf:c=>$n(c,i),refsOf(c){return r.version.value,r.isComplete()?{handles:r.count("handle",c),mappings:r.count("mapping",c)}:c.refs}}}var En=["B","KiB","MiB","GiB","TiB","PiB"];function X(e){let t=e,n=0;for(;t>=1024&&n<En.length-1;)t/=1024,n+=1;return Number(t.toFixed(2))>=1024&&n<En.length-1&&(t/=1024,n+=1),`${Number(t.toFixed(2))} ${En[n]}`}function _r(e){return`${me(e)} ${e===1?"byte":"bytes"}`}function me(e){return String(e).replace(/\B(?=(?:\d{3})+$)/g,",")}function Y(e){return`0x${e.toString(16)}`}function wr(e){return`${X(Math.round(e))}/s`}function Je(e,t){if(t<=0)return"0 %";let n=e/t*100;return e>0&&n<.1?"< 0.1 %":e<t&&n>99.9?"> 99.9 %":n<10?`${Number(n.toFixed(1))} %`:`${Math.min(n<100?99:100,Math.round(n))} %`}function R(e,t,n=`${t}s`){return`${me(e)} ${e===1?t:n}`}function fe(e){let t=Math.max(0,e),n=(o,r)=>String(Math.floor(t%r/o)).padStart(2,"0");return t>=864e5?`${Math.floor(t/864e5)}d ${n(36e5,864e5)}h`:t>=36e5?`${Math.floor(t/36e5)}h ${n(6e4,36e5)}m`:t>=6e4?`${Math.floor(t/6e4)}m ${n(1e3,6e4)}s`:`${Math.floor(t/1e3)}s`}function br(e){let t=new Date(e);return[t.getHours(),t.getMinutes(),t.getSeconds()].map(n=>String(n).padStart(2,"0")).join(":")}function kt(e,t){let n=t-Date.parse(e);return n<10*1e3?"just now":n<6e4?`${Math.floor(n/1e3)} s ago`:n<36e5?`${Math.floor(n/6e4)} min ago`:n<864e5?`${Math.floor(n/36e5)} h ago`:`${Math.floor(n/864e5)} d ago`}function E({bytes:e}){let{settings:t}=v(),n=t.isExact.value?`${me(e)} B`:X(e);return u`<span class="size" title=${_r(e)}>${n}</span>`}var Hs={enabled:"good",active:"good",succeeded:"good",live:"good",pass:"good",creating:"busy",draining:"busy",wiping:"busy",deleting:"busy",releasing:"busy",queued:"busy",running:"busy",warn:"busy",failed:"bad",fail:"bad"},Us={good:"\u25CF",busy:"\u25D0",quiet:"\u25CB",bad:"\u25B2"};function q({state:e}){let t=Hs[e]??"quiet";return u`<span class=${`state ${t}`}
    ><span class="mark" aria-hidden="true">${Us[t]}</span>${e}</span
  >`}var xn=34,$r=8,Bs=64;function re(e){let{label:t,columns:n,rows:o,idOf:r,empty:i,chosen:s=null}=e,[a,l]=S(null),[d,c]=S(0),m=K(null),f=qs(o,n,a),p=Math.max(0,Math.min(Math.floor(d/xn),f.length)-$r),y=f.slice(p,p+Bs+2*$r),h=f.length-p-y.length;function g(_){let w={ArrowDown:1,ArrowUp:-1}[_.key],$=_.target.closest("tr")?.dataset.at;if(w===void 0||$===void 0||!(_.target instanceof HTMLAnchorElement))return;let b=m.current?.querySelector(`tr[data-at="${Number($)+w}"] a`);b!=null&&(_.preventDefault(),b.focus())}return o.length===0?u`<p class="empty">${i}</p>`:u`<div
    class="scroll"
    ref=${m}
    tabindex="0"
    role="region"
    aria-label=${t}
    onScroll=${_=>c(_.currentTarget.scrollTop)}
    onKeyDown=${g}
  >
    <table aria-rowcount=${f.length+1}>
      <caption class="unseen">
        ${t}
      </caption>
      <thead>
        <tr>
          ${n.map(_=>zs(_,a,l))}
        </tr>
      </thead>
      <tbody>
        ${p>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${p*xn}px`}}></td></tr>`}
        ${y.map((_,w)=>u`<tr
              key=${r(_)}
              data-at=${p+w}
              aria-rowindex=${p+w+2}
              class=${r(_)===s?"chosen":""}
            >
              ${n.map(({cell:$,isNumber:b},V)=>V===0?u`<th scope="row">${$(_)}</th>`:u`<td class=${b?"number":""}>${$(_)}</td>`)}
            </tr>`)}
        ${h>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${h*xn}px`}}></td></tr>`}
      </tbody>
    </table>
  </div>`}function zs({name:e,key:t,isNumber:n},o,r){let i=o?.name===e,s=o?.isDown?"descending":"ascending";return u`<th
    scope="col"
    class=${n?"number":""}
    aria-sort=${i?s:void 0}
  >
    ${t===void 0?e:u`<button type="button" class="sort" onClick=${()=>r({name:e,isDown:i&&o?.isDown===!1})}>
            ${e}<span
              aria-hidden="true">${i?o?.isDown?" \u2193":" \u2191":""}</span>
          </button>`}
  </th>`}function qs(e,t,n){let o=t.find(({name:i})=>i===n?.name)?.key;if(o===void 0||n===null)return e;let r=n.isDown?-1:1;return Gs(e,o).sort((i,s)=>r*Ks(i.key,s.key)).map(({row:i})=>i)}function Gs(e,t){return e.map(n=>({row:n,key:t(n)}))}function Ks(e,t){return typeof e=="number"&&typeof t=="number"?e-t:Pe(String(e),String(t))}var js=.2;function At({lease:e}){let{now:t}=v(),n=Date.parse(e.expires_at)-t.value,o=n<e.ttl_ms*js;return u`<span class=${o?"time soon":"time"}>
    <meter
      min="0"
      max=${e.ttl_ms}
      value=${Math.max(0,n)}
      aria-label=${`Time left of lease ${e.id}`}
    ></meter>
    <span class="number">${n<=0?"ending":fe(n)}</span>
  </span>`}function F({label:e,value:t,onValue:n,hint:o,isRequired:r,options:i}){let s=Zn(),a=o===void 0?void 0:`${s}-hint`,l=d=>n(d.target.value);return u`<div class="field">
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
  </div>`}function G({title:e,children:t}){let{dialog:n}=v(),o=K(null);return U(()=>{let i=document.activeElement;return o.current?.showModal(),()=>{let s=i instanceof HTMLElement&&i.isConnected,a=document.querySelector("main h1"),l=s?i:a;l instanceof HTMLElement&&l.focus()}},[]),u`<dialog ref=${o} aria-labelledby="dialog-title" onClose=${()=>{n.value=null}}>
    <h2 id="dialog-title">${e}</h2>
    ${t}
  </dialog>`}function Xs(e){switch(e.kind){case"process":return`process ${e.comm} (pid ${e.pid})`;case"handle":case"mapping":return`${e.kind} ${e.id} of ${e.holder}`;case"others":return e.count===1?"somebody of another tenant":`${e.count} of other tenants`;default:return`${e.kind} ${e.id}`}}function N({failure:e,onSize:t}){if(!(e instanceof O))return Qs(e);let{problem:n,errno:o,code:r,status:i}=e,{detail:s,title:a,holders:l=[],issues:d=[],suggested_size:c,request_id:m}={request_id:void 0,...n};return u`<div class="problem" role="alert">
    <p class="what">${s??a}</p>
    <p class="codes">${[o,r,`HTTP ${i}`,m].filter(Boolean).join(" \xB7 ")}</p>
    ${Ys(e)}
    ${d.length>0&&u`<ul>
        ${d.map(({path:f,message:p})=>u`<li><code>${f}</code> ${p}</li>`)}
      </ul>`}
    ${l.length>0&&u`<p>In the way:</p>
        <ul>
          ${l.map(f=>u`<li>${Xs(f)}</li>`)}
        </ul>`}
    ${c!==void 0&&t!==void 0&&u`<button type="button" onClick=${()=>t(c)}>
        Take <${E} bytes=${c} /> instead
      </button>`}
  </div>`}function Ys({suggested_size:e,available_size:t,max_available_extent:n}){let r=[["Would succeed",e],["Available",t],["Largest free extent",n]].filter(([,i])=>i!==void 0);return r.length===0?null:u`<dl class="numbers">
    ${r.map(([i,s])=>u`<div><dt>${i}</dt><dd><${E} bytes=${s} /></dd></div>`)}
  </dl>`}function Qs(e){let t=e instanceof I,n=e instanceof Error?e.message:String(e);return u`<div class="problem" role="alert">
    <p class="what">${t?"No answer of daxd.":"The page has a defect."}</p>
    <p class="codes">${n}</p>
    ${t&&u`<p>Whether the change was made is not known; the lists will show it.</p>`}
  </div>`}function H(){let{say:e,dialog:t}=v(),[n,o]=S(!1),[r,i]=S(null);return{isRunning:n,failure:r,forget:()=>i(null),async run(s,a){if(!n){o(!0),i(null);try{await s(),a!==void 0&&(e(a),t.value=null)}catch(l){i(l)}finally{o(!1)}}}}}function Er(e,t){let[n,o]=S(e);return[n,i=>s=>{o(a=>({...a,[i]:s})),t()}]}function Dt(e){let[t,n]=S(null),o=H(),r=H(),[i,s]=Er(e,()=>{n(null),o.forget(),r.forget()});return{fields:i,set:s,plan:t,check:o,make:r,setPlan:n}}function ke(e){let{title:t,verb:n,form:o,rehearse:r,carryOut:i,done:s,drawPlan:a,children:l}=e,{dialog:d}=v(),{plan:c,check:m,make:f,set:p,setPlan:y}=o;function h(g){g.preventDefault(),c===null?m.run(async()=>y(await r())):f.run(i,s(c))}return u`<${G} title=${t}>
    <form onSubmit=${h}>
      <div class="fields">${l}</div>
      ${c!==null&&a(c)}
      ${[m.failure,f.failure].map(g=>g!==null&&u`<${N} failure=${g}
            onSize=${_=>p("size")(String(_))} />`)}
      <footer>
        <button type="button" onClick=${()=>{d.value=null}}>Cancel</button>
        <button type="submit" class="primary" disabled=${m.isRunning||f.isRunning}>
          ${c===null?"Check":n}
        </button>
      </footer>
    </form>
  </${G}>`}var Js=6e4,Zs={name:"",holder:"",size:"64MiB",sharing:"dedicated",minutes:"",persistence:"",access:"rw",wipe:"none"};function Rt(){let{daxd:e}=v(),t=Dt(Zs),{fields:n,set:o}=t,r=n.name.trim(),i=ea(n);return u`<${ke} title="Claim memory" verb="Claim" form=${t}
    rehearse=${()=>e.claims.put(r,i,{dryRun:!0})}
    carryOut=${()=>e.claims.put(r,i,{wait:!1})}
    done=${s=>`${r} has ${X(s.length)}.`}
    drawPlan=${s=>u`<${ta} plan=${s} />`}>
    <${F} label="Name" value=${n.name} onValue=${o("name")} isRequired
      hint="asking again gives the same claim" />
    <${F} label="Holder" value=${n.holder} onValue=${o("holder")} isRequired
      hint="who: a pod uid, a job" />
    <${F} label="Size" value=${n.size} onValue=${o("size")} isRequired
      hint="usable bytes: 64MiB, 1GiB" />
    <${F} label="Sharing" value=${n.sharing} onValue=${o("sharing")} options=${[["dedicated","a device of its own"],["slice","a slice of a pool"]]} />
    <${F} label="Ends after" value=${n.minutes} onValue=${o("minutes")}
      hint="minutes without renewal; empty: never" />
    <${F} label="Memory" value=${n.persistence} onValue=${o("persistence")}
      options=${[["","any"],["volatile","volatile"],["persistent","persistent"]]} />
    <${F} label="Access" value=${n.access} onValue=${o("access")} options=${[["rw","read and write"],["ro","read only"]]} />
    <${F} label="On release" value=${n.wipe} onValue=${o("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
  </${ke}>`}function ea(e){let{holder:t,size:n,sharing:o,minutes:r,persistence:i,access:s,wipe:a}=e;return{size:n.trim(),sharing:o,holder:t.trim(),...r.trim()===""?{}:{ttl_ms:Math.round(Number(r)*Js)},...i===""?{}:{selector:{persistence:i}},...s==="rw"?{}:{access:s},...a==="none"?{}:{wipe:a}}}function ta({plan:e}){let{name:t,length:n,chardev:o,sharing:r,offset:i,size:s}=e;return u`<div class="plan" role="status">
    <p>
      <b>${t}</b> would get <b><${E} bytes=${n} /></b>
      ${n>s&&u` (<${E} bytes=${s} /> rounded up to the align)`}
      ${r==="slice"?u` of ${o} at offset <${E}
        bytes=${i} />`:` as ${o}`}.
    </p>
  </div>`}var na=1e3;function Ae(e,t){let{daxd:n}=v(),[o,r]=S(null),[i,s]=S(null),[a,l]=S(!1);async function d(){l(!0);try{r(await n.devices.users(e)),s(null)}catch(c){s(c)}finally{l(!1)}}return U(()=>{let c=setTimeout(d,o===null?0:na);return()=>clearTimeout(c)},[e,t]),{users:o,failure:i,isReading:a,read:d}}function xr({claim:e}){let{daxd:t,dialog:n}=v(),{name:o,holder:r,length:i,chardev:s,sharing:a}=e,[l,d]=S(!1),{run:c,isRunning:m,failure:f}=H(),p=()=>t.claims.delete(o,{if_busy:l?"revoke":"refuse"},{wait:!1});return u`<${G} title=${`Release claim ${o}?`}>
    <form
      onSubmit=${y=>{y.preventDefault(),c(p,`Claim ${o} is released.`)}}
    >
      <p>
        <b>${r}</b> gives back <${E} bytes=${i} />
        ${s===null?"":`of ${s}`}${a==="slice"?"; the pool stays":""}.
        What is in it is lost to it.
      </p>
      <label class="choice">
        <input type="checkbox" checked=${l} onChange=${()=>d(!l)} />
        <span><b>revoke</b>: even if somebody uses it</span>
      </label>
      ${s!==null&&u`<${oa} chardev=${s} isForced=${l} />`}
      ${f!==null&&u`<${N} failure=${f} />`}
      <footer>
        <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
        <button type="submit" class=${l?"danger":"primary"} disabled=${m}>
          ${l?"Revoke and release":"Release"}
        </button>
      </footer>
    </form>
  </${G}>`}function oa({chardev:e,isForced:t}){let{users:n,failure:o}=Ae(e,String(t));if(o!==null)return u`<${N} failure=${o} />`;if(n===null)return u`<p>Looking who uses it…</p>`;let{processes:r,complete:i}=n;return u`<div class="hurt" aria-live="polite">
    ${r.length===0?u`<p>No process has ${e} now${i?"":", as far as can be seen"}.</p>`:u`<p>
              <b>
                ${R(r.length,"process has","processes have")} ${e}
                ${t?" now and may get SIGBUS:":" now:"}
              </b>
            </p>
            <ul class="processes">
              ${r.map(({pid:s,comm:a})=>u`<li>${a} <small>pid ${s}</small></li>`)}
            </ul>`}
  </div>`}function Sr({id:e}){let t=v(),{state:n,session:o,dialog:r,connection:i}=t;n.claims.version.value,n.leases.version.value;let s=[...n.claims.rows()].sort((c,m)=>Pe(c.name,m.name)),a=e===null?s:s.filter(({name:c})=>c===e),l=i.value.state==="loading",d=e===null?"Nothing is claimed.":`There is no claim ${e} (any more).`;return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e===null?"Claims":`Claim ${e}`}</h1>
      <div class="actions">
        ${e!==null&&u`<a href=${W("claims")}>All claims</a>`}
        ${o.may("claims:change")&&u`<button
            type="button"
            onClick=${()=>{r.value=u`<${Rt} />`}}
          >
            Claim memory…
          </button>`}
      </div>
    </header>
    <${re}
      label="Claims"
      columns=${ra(t)}
      rows=${a}
      idOf=${({name:c})=>c}
      empty=${l?"Reading\u2026":d}
    />
  </section>`}function ra({state:e,session:t,dialog:n}){return[{name:"Claim",key:({name:o})=>o,cell:({name:o})=>u`<a class="name" title=${o} href=${W("claims",o)}>${o}</a>`},{name:"State",key:({state:o})=>o,cell:({state:o,problem:r})=>u`<${q} state=${o} /> ${r!==null&&u`<span class="flag bad"
          title=${r.detail??""}>${r.code}</span>`}`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Length",isNumber:!0,key:({length:o})=>o,cell:({length:o})=>u`<${E} bytes=${o} />`},{name:"Device",key:({chardev:o})=>o??"",cell:({chardev:o})=>o===null?"\u2014":u`<a href=${W("devices",o)}>${o}</a>`},{name:"Offset",isNumber:!0,key:({offset:o})=>o,cell:({offset:o,sharing:r})=>r==="slice"?u`<${E} bytes=${o} />`:u`<small>dedicated</small>`},{name:"Time left",key:({lease:o})=>o===null?"":e.leases.get(o)?.expires_at??"",cell:({lease:o})=>{let r=o===null?void 0:e.leases.get(o);return r===void 0?u`<small>no end</small>`:u`<${At} lease=${r} />`}},{name:"",cell:o=>t.may("claims:change")&&u`<button
          type="button"
          aria-label=${`Release ${o.name}`}
          onClick=${()=>{n.value=u`<${xr} claim=${o} />`}}
        >
          Release…
        </button>`}]}var Mt=14;function De({owner:e}){let{looks:t}=v(),n=K(null),o=Ct();U(()=>r(n.current,o.value,e));function r(i,s,a){let l=i?.getContext("2d");if(i===null||l===null||l===void 0)return;let d=globalThis.devicePixelRatio||1;i.width=Mt*d,i.height=Mt*d,l.scale(d,d),l.fillStyle=Ye(l,s,t.of(a)),l.fillRect(0,0,Mt,Mt)}return u`<span class="owner"
    ><canvas class="swatch" ref=${n} aria-hidden="true"></canvas
    ><span class="name" title=${e}>${e}</span></span
  >`}var ia=400,Nt=1e3,Sn=14,sa=2;function Cr({size:e,holders:t}){let n=t.flatMap(o=>o.kind==="mapping"&&o.length!==void 0&&o.offset!==void 0?[{id:o.id,offset:o.offset,length:o.length}]:[]);return n.length===0||e===0?null:u`<svg
    class="mappings"
    viewBox=${`0 0 ${Nt} ${Sn}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="ground" width=${Nt} height=${Sn} />
    ${n.slice(0,ia).map(({id:o,offset:r,length:i})=>u`<rect
          key=${o}
          class="mapped"
          x=${r/e*Nt}
          width=${Math.max(sa,i/e*Nt-1)}
          height=${Sn}
        />`)}
  </svg>`}var Or=3;function Tr({first:e,last:t,free:n,owners:o},r,i){let s=r[e];if(s===void 0)return"";let a=i?"free or of others":"free";if(e===t){let f=`${X(s.end-s.start)} at ${Y(s.start)}`;if(s.owner===null)return`${a}: ${f}`;let p=s.chardev===null?"":aa(s,r);return[s.chardev,s.owner,f,p].filter(y=>y).join(" \xB7 ")}let l=r.slice(e,t+1),d=[...new Set(l.flatMap(({chardev:f})=>f??[]))],c=l.filter(({owner:f})=>f===null).length;return[d.length<=Or?d.join(", "):R(d.length,"device"),o.length>0?`of ${o.map(({owner:f})=>f).slice(0,Or).join(", ")}`:"",c>0?`${X(n)} ${a} in ${R(c,"hole")}`:"nothing free",`from ${Y(s.start)}`].filter(f=>f!=="").join(" \xB7 ")}function aa(e,t){let n=t.filter(({chardev:o})=>o===e.chardev);return n.length<2?"":`range ${n.indexOf(e)+1} of ${n.length}`}function Pr(e,t,n){let o=la(e,t,n);ua(o,n);let r=0;return o.map(({width:i,first:s,last:a})=>{let l=Math.round(r);return r+=i,{x:l,width:Math.round(r)-l,first:s,last:a,...da(e,t,s,a)}})}function la(e,t,n){let o=n/(t.end-t.start),r=[],i=null;for(let[s,a]of e.entries()){let l=Math.min(a.end,t.end)-Math.max(a.start,t.start);if(l<=0)continue;let d=l*o;d>=6?(i=null,r.push({width:d,first:s,last:s,isSingle:!0})):i===null||i.width>=3?(i={width:d,first:s,last:s,isSingle:!1},r.push(i)):(i.width+=d,i.last=s)}return ca(r)}function ca(e){let t=[];for(let n of e){let o=t.at(-1);n.width<2&&!n.isSingle&&o?.isSingle===!1?(o.width+=n.width,o.last=n.last):t.push(n)}return t}function ua(e,t){let n=0,o=0;for(let{width:i}of e)i<2?n+=2-i:o+=i-2;if(e.length===1&&e[0]!==void 0&&(e[0].width=t),n===0||o<n)return;let r=1-n/o;for(let i of e)i.width=i.width<2?2:2+(i.width-2)*r}function da(e,t,n,o){let r=0,i=new Map;for(let{start:a,end:l,owner:d}of e.slice(n,o+1)){let c=Math.min(l,t.end)-Math.max(a,t.start);d===null?r+=c:i.set(d,(i.get(d)??0)+c)}let s=[...i].map(([a,l])=>({owner:a,bytes:l}));return s.sort((a,l)=>l.bytes-a.bytes||(a.owner<l.owner?-1:1)),{free:r,owners:s}}function kr(e,t){let n=0,o=e.length;for(;n<o;){let i=n+o>>>1;(e[i]?.x??0)<=t?n=i+1:o=i}let r=e[n-1];return r!==void 0&&t<r.x+r.width?r:void 0}function Ar(e,t,n){let o=e.reduce((a,l)=>a+l,0),r=e.map(a=>a===0?0:Math.max(n,Math.round(a/o*t))),i=r.reduce((a,l)=>a+l,0)-t,s=r.indexOf(Math.max(...r));return s>=0&&(r[s]=Math.max(0,(r[s]??0)-i)),r}function Cn({start:e,size:t}){return{start:e,end:e+t}}function Dr(e,t,n,o){let r=t.end-t.start,i=Math.round(Math.min(e.size,Math.max(65536,r*o))),s=Math.round((n-t.start)/r*i);return Rr(e,n-s,i)}function On(e,t,n){let o=t.end-t.start;return Rr(e,t.start+Math.round(o*n),o)}function Rr(e,t,n){let o=Math.min(n,e.size),r=e.start+e.size-o,i=Math.min(Math.max(t,e.start),r);return{start:i,end:i+o}}var ie=12,Re=52,Tn=ie+Re,pa=7,ma="600 12px system-ui, sans-serif",Lt=18,Ze=6,fa=4;function Nr(e,t,n){let o=e?.getContext("2d");if(e===null||o===null||o===void 0)return;let r=globalThis.devicePixelRatio||1;e.width=n.width*r,e.height=Tn*r,o.scale(r,r);for(let i of n.cells)ya(o,t,i,n);for(let i of n.cells)ga(o,t,i,n);va(o,t,n),_a(o,t,n)}function ya(e,t,n,{looks:o,isPartial:r}){let{x:i,width:s,free:a,owners:l,first:d,last:c}=n,m=Ar([...l.map(({bytes:y})=>y),a],Re,pa),f=d===c&&s>=fa?1:0,p=ie;for(let[y,h]of m.entries()){if(h===0)continue;let g=l[y]?.owner;g===void 0?ha(e,t,{x:i,y:p,width:s-f,height:h},r):(e.fillStyle=Ye(e,t,o.of(g)),e.fillRect(i,p,s-f,h)),p+=h}}function ha(e,t,n,o){e.fillStyle=o?Ye(e,{...t,nobody:t.free},{colour:null,pattern:"rising"}):t.free,e.fillRect(n.x,n.y,n.width,n.height),e.fillStyle=t.freeEdge,e.fillRect(n.x,n.y+n.height-2,n.width,2)}function ga(e,t,{x:n,width:o,first:r,last:i},{pieces:s}){let a=r===i?s[r]?.chardev:null;if(a==null||o<2*Lt)return;e.font=ma;let l=e.measureText(a).width+2*Ze;if(l+2*Ze>o)return;let d=ie+Re-Lt-Ze;e.fillStyle=t.ground,e.fillRect(n+Ze,d,l,Lt),e.fillStyle=t.ink,e.textBaseline="middle",e.fillText(a,n+2*Ze,d+Lt/2+1)}function va(e,t,{planned:n,window:o,width:r}){let i=r/(o.end-o.start);for(let{start:s,end:a}of n){let l=Math.floor((s-o.start)*i),d=Math.max(4,Math.ceil((a-s)*i));e.fillStyle=t.ink,e.globalAlpha=.25,e.fillRect(l,ie,d,Re),e.globalAlpha=1,e.strokeStyle=t.ink,e.lineWidth=2,e.setLineDash([4,3]),e.strokeRect(l+1,ie+1,Math.max(2,d-2),Re-2),e.setLineDash([]),e.fillStyle=t.ink,e.beginPath();let c=l+d/2;e.moveTo(c,ie-1),e.lineTo(c-5,ie-8),e.lineTo(c+5,ie-8),e.fill()}}function _a(e,t,{cells:n,pieces:o,tied:r,shown:i}){let s=n.filter(c=>c===i||r!==null&&Mr(c,o,r));if(s.length===0)return;e.strokeStyle=t.ink,e.fillStyle=t.ink,e.lineWidth=2;for(let{x:c,width:m}of s)e.strokeRect(c+1,ie+1,Math.max(1,m-2),Re-2);let a=s.filter(c=>r===null||Mr(c,o,r)).map(({x:c,width:m})=>c+m/2),[l]=a,d=a.at(-1);if(!(r===null||l===void 0||d===void 0)){e.beginPath(),e.moveTo(l,3),e.lineTo(d,3);for(let c of a)e.moveTo(c,2),e.lineTo(c,ie);e.stroke()}}function Mr({first:e,last:t},n,o){for(let r=e;r<=t;r+=1)if(n[r]?.chardev===o)return!0;return!1}var Lr=120;function Vr(){let e=K(null),[t,n]=S(Lr);return U(()=>{let o=e.current;if(o===null)return;let r=new ResizeObserver(()=>n(Math.max(Lr,Math.floor(o.clientWidth))));return r.observe(o),()=>r.disconnect()},[]),[e,t]}var et=1/4,Ir=1/4,wa="Arrow keys go from piece to piece, Enter opens the device.";function Me(e){let{region:t,pieces:n,chosen:o=null,planned:r=[],isPartial:i=!1}=e,{looks:s}=v(),a=K(null),[l,d]=Vr(),c=Ct(),[m,f]=S(()=>Cn(t)),[p,y]=S(null),h=pe(()=>Pr(n,m,d),[n,m,d]),g=p===null?void 0:h[Math.min(p,h.length-1)],_=Wr(g,n)??o,w=g===void 0?"":Tr(g,n,i),$=m.end-m.start>=t.size;U(()=>{let x={cells:h,pieces:n,window:m,width:d,looks:s,tied:_,shown:g,planned:r,isPartial:i};Nr(a.current,c.value,x)});function b(x){if(x===void 0)return;let z=Wr(x,n);z!==null?location.hash=`#/devices/${z}`:x.first!==x.last&&V(x,et)}function V(x,z){let J=x===void 0?(m.start+m.end)/2:((n[x.first]?.start??0)+(n[x.last]?.end??0))/2;f(Dr(t,m,J,z)),y(null)}function Ee(x){let z=h.length-1,te={ArrowRight:Math.min(z,(p??-1)+1),ArrowLeft:Math.max(0,(p??1)-1),Home:0,End:z}[x.key];if(te!==void 0)y(te);else if(x.key==="Enter")b(g);else if(x.key==="+"||x.key==="=")V(g,et);else if(x.key==="-")V(g,1/et);else return;x.preventDefault()}let Q=x=>kr(h,x.clientX-(a.current?.getBoundingClientRect().left??0));return u`<div class="drawing" ref=${l}>
    <div
      class="bar"
      role="slider"
      tabindex="0"
      aria-label=${`Memory of region ${t.id}, piece by piece`}
      aria-valuemin="1"
      aria-valuemax=${h.length}
      aria-valuenow=${Math.min(p??0,h.length-1)+1}
      aria-valuetext=${w===""?wa:w}
      onKeyDown=${Ee}
      onBlur=${()=>y(null)}
      onPointerMove=${x=>{let z=Q(x);y(z===void 0?null:h.indexOf(z))}}
      onPointerLeave=${()=>y(null)}
      onClick=${x=>b(Q(x))}
    >
      <canvas ref=${a} style=${{height:`${Tn}px`,width:`${d}px`}}></canvas>
    </div>
    <div class="axis">
      <span class="address">${Y(m.start)}</span>
      <span class="readout" aria-hidden="true">${w}</span>
      <span class="address">${Y(m.end-1)}</span>
    </div>
    <div class="zoom">
      <button type="button" aria-label=${`Look closer at region ${t.id}`}
        onClick=${()=>V(g,et)}>+</button>
      <button type="button" aria-label=${`See more of region ${t.id}`} disabled=${$}
        onClick=${()=>V(g,1/et)}>−</button>
      ${!$&&u`<button type="button" aria-label="Move to lower addresses"
          onClick=${()=>f(On(t,m,-Ir))}>◂</button>
          <button type="button" aria-label="Move to higher addresses"
            onClick=${()=>f(On(t,m,Ir))}>▸</button>
          <button type="button" onClick=${()=>f(Cn(t))}>All</button>`}
    </div>
  </div>`}function Wr(e,t){return e===void 0||e.first!==e.last?null:t[e.first]?.chardev??null}var Fr=5,ba="Its memory goes back to the region. What is in it is lost to its users.",$a=6e4,Ne=50,Ea=[{is:"refuse",says:"only if nobody uses it"},{is:"drain",says:`wait for its users, up to ${Fr} minutes; nobody new gets in`},{is:"revoke",says:"take it away at once, whoever uses it"}];function Hr({device:e,verb:t}){let{daxd:n,dialog:o}=v(),{chardev:r,namespace:i}=e,[s,a]=S("refuse"),{users:l,failure:d,isReading:c,read:m}=Ae(r,""),{run:f,isRunning:p,failure:y}=H(),h=t==="delete"&&i!==null?`namespace ${i} (${r})`:r,g=s==="revoke"&&l===null,_=s==="drain"?`${r} is draining.`:`${h} is ${t}d.`;function w(){let $={if_busy:s,...s==="drain"?{timeout_ms:Fr*$a}:{}},b={wait:!1};return t==="disable"?n.devices.disable(r,$,b):i!==null?n.namespaces.delete(i,$,b):n.devices.delete(r,$,b)}return u`<${G} title=${`${t==="disable"?"Disable":"Delete"} ${h}?`}>
    <form
      onSubmit=${$=>{$.preventDefault(),f(w,_)}}
    >
      ${t==="delete"&&u`<p>${ba}</p>`}
      <fieldset>
        <legend>If somebody uses it</legend>
        ${Ea.map(({is:$,says:b})=>u`<label class="choice"
              ><input
                type="radio"
                name="if_busy"
                value=${$}
                checked=${s===$}
                onChange=${()=>{a($),$==="revoke"&&m()}}
              /><span><b>${$}</b>: ${b}</span></label
            >`)}
      </fieldset>
      <div class="hurt" aria-live="polite">
        ${c&&l===null&&u`<p>Looking who uses it…</p>`}
        ${d!==null&&u`<${N} failure=${d} />`}
        ${l!==null&&u`<${Sa} users=${l} how=${s} />`}
      </div>
      ${y!==null&&u`<${N} failure=${y} />`}
      <footer>
        <button type="button" onClick=${()=>{o.value=null}}>Cancel</button>
        <button type="submit" class=${s==="revoke"?"danger":"primary"}
          disabled=${p||g}>
          ${xa(t,s,l)}
        </button>
      </footer>
    </form>
  </${G}>`}function xa(e,t,n){let o=e==="disable"?"Disable":"Delete";if(t==="drain")return`Drain, then ${e}`;if(t==="refuse"||n===null)return o;let{processes:r}=n;return r.length===0?`Revoke and ${e}`:`Revoke from ${R(r.length,"process","processes")} and ${e}`}function Sa({users:e,how:t}){let{holders:n,processes:o,complete:r}=e;if(n.length===0&&o.length===0)return u`<p>${r?"Nobody uses it now.":"Nobody is seen to use it, but some processes could not be looked into."}</p>`;let i=[...new Set(n.flatMap(a=>a.kind==="others"?[]:[a.holder]))],s=n.filter(({kind:a})=>a==="mapping").length;return u`
    ${o.length>0&&u`<p>
          <b>${R(o.length,"process has","processes have")} it now.</b>
          ${t==="revoke"&&" Each gets SIGBUS at its next touch and most likely dies:"}
        </p>
        <ul class="processes">
          ${o.slice(0,Ne).map(({pid:a,comm:l,container_id:d})=>u`<li>${l} <small>pid ${a}${Ca(d)}</small></li>`)}
        </ul>
        ${o.length>Ne&&u`<p>and ${o.length-Ne} more</p>`}`}
    ${n.length>0&&u`<p>
        In the books: ${i.slice(0,Ne).join(", ")}
        ${i.length>Ne?` and ${i.length-Ne} more`:""}
        ${` (${R(s,"mapping")}).`}
        ${t==="revoke"&&s>0&&" Their mappings become revoked."}
      </p>`}
    ${!r&&u`<p>Some processes could not be looked into: there may be more.</p>`}
  `}function Ca(e){return e===null?"":`, container ${e.slice(0,12)}`}function Ur({device:e}){let{daxd:t,session:n,dialog:o}=v(),{chardev:r,state:i,namespace:s,size:a}=e,l=H(),d=n.may(s===null?"devices:change":"namespaces:change"),c=m=>()=>{o.value=u`<${Hr} device=${e} verb=${m} />`};return u`${n.may("devices:change")&&i==="disabled"&&a>0&&u`<button
      type="button"
      disabled=${l.isRunning}
      onClick=${()=>l.run(()=>t.devices.enable(r),`${r} is enabled.`)}
    >
      Enable
    </button>`}
  ${n.may("devices:change")&&i!=="disabled"&&u`<button type="button" onClick=${c("disable")}>Disable…</button>`}
  ${d&&u`<button type="button" class="danger"
    onClick=${c("delete")}>Delete…</button>`}
  ${l.failure!==null&&u`<${N} failure=${l.failure} />`}`}function Br(){let e=v(),{state:t,connection:n}=e;t.operations.version.value;let o=[...t.operations.rows()].sort((i,s)=>+(i.finished_at!==null)-+(s.finished_at!==null)||s.revision-i.revision),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Operations</h1></header>
    <${re}
      label="Operations"
      columns=${Oa(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"No work is under way, and none is remembered."}
    />
  </section>`}function Oa({now:e}){return[{name:"What",key:({verb:t})=>t,cell:({verb:t,target:n})=>u`${t} ${n.kind==="device"?u`<a
          href=${W("devices",n.id)}>${n.id}</a>`:u`<span
            class="name">${n.id}</span>`}`},{name:"State",key:({state:t})=>t,cell:({state:t})=>u`<${q} state=${t} />`},{name:"Progress",cell:t=>u`<${zr} operation=${t} />`},{name:"Came to an end",key:({finished_at:t})=>t??"",cell:({finished_at:t,problem:n})=>u`${t===null?"\u2014":kt(t,e.value)}
        ${n!==null&&u`<span class="flag bad"
          title=${n.detail??""}>${n.code}</span>`}`},{name:"",cell:t=>u`<${qr} operation=${t} />`}]}function zr({operation:e}){let{progress:t,rate:n,eta_ms:o,verb:r,target:i}=e,{done:s,total:a}=t;return a===0?u`<span class="hint">—</span>`:u`<span class="progress">
    <progress max=${a} value=${s}
      aria-label=${`Progress of ${r} ${i.id}`}></progress>
    <span class="number">${Je(s,a)}</span>
    <small>
      <${E} bytes=${s} /> of <${E} bytes=${a} />
      ${n===null?"":`, ${wr(n)}`}
      ${o===null?"":`, ${fe(o)} left`}
    </small>
  </span>`}function qr({operation:e}){let{daxd:t,session:n}=v(),{run:o,isRunning:r,failure:i}=H(),{id:s,verb:a,target:l,finished_at:d}=e;if(d!==null||!n.may("operations:change"))return null;let c=()=>o(()=>t.operations.cancel(s),`${a} ${l.id} is cancelled.`);return u`<button type="button" disabled=${r}
    aria-label=${`Cancel ${a} ${l.id}`} onClick=${c}>
      Cancel
    </button>
    ${i!==null&&u`<${N} failure=${i} />`}`}function Gr({operation:e}){return u`<div class="under-way">
    <b>${e.verb}</b> <${q} state=${e.state} />
    <${zr} operation=${e} /> <${qr} operation=${e} />
  </div>`}var Kr=200;function jr({chardev:e}){let{state:t,selection:n,connection:o,session:r}=v();t.devices.version.value,t.namespaces.version.value;let i=t.devices.get(e),s=t.regions.get(String(i?.region));if(i===void 0){let m=o.value.state==="loading";return u`<section>
      <header class="view"><h1 tabindex="-1">${e}</h1></header>
      <p class="empty">${m?"Reading\u2026":"There is no such device (any more)."}</p>
      <p><a href=${W("devices")}>All devices</a></p>
    </section>`}let a=i.namespace===null?void 0:t.namespaces.get(i.namespace),l=n.unfinished.value.find(({target:m})=>[e,i.namespace].includes(m.id)),d=n.occupancies.value.get(i.region)?.pieces??[],c=!r.may("regions:map");return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e}</h1>
      <${q} state=${i.state} />
      <div class="actions"><${Ur} device=${i} /></div>
    </header>
    ${i.drift!==null&&u`<p class="warning">Differs from the host: ${i.drift}</p>`}
    ${l!==void 0&&u`<${Gr} operation=${l} />`}
    ${s!==void 0&&u`<${Me} region=${s} pieces=${d} chosen=${e}
        isPartial=${c} />`}
    <${Ta} device=${i} namespace=${a} /> ${Pa(i)}
    <${ka} device=${i} />
  </section>`}function Ta({device:e,namespace:t}){let{selection:n}=v(),{size:o,align:r,mode:i,target_node:s,generation:a,path:l,region:d,major:c,minor:m}=e,f=t?.claim??null,p=[["Size",u`<${E} bytes=${o} />`],["Owner",u`<${De} owner=${n.ownerOf(e)} />`],["Generation",a],["Mode",i],["Align",u`<${E} bytes=${r} />`],["Region",d],["Target node",s],["Namespace",t?.name??"none: made by someone else"],...f===null?[]:[["Claim",u`<a href=${W("claims",f)}>${f}</a>`]],["Wiped on release",t===void 0?"\u2014":t.wipe==="none"?"no":"yes"],["Pool for slices",t?.pool===!0?"yes":"no"],["Device node",u`<code>${l}</code> (${c}:${m})`]];return u`<dl class="facts-list">
    ${p.map(([y,h])=>u`<div
      class=${y==="Device node"?"wide":""}><dt>${y}</dt><dd>${h}</dd></div>`)}
  </dl>`}function Pa({ranges:e}){return u`<h2>${R(e.length,"range")}</h2>
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
                <td class="address">${Y(t)}</td>
                <td class="address">${Y(n)}</td>
                <td class="number"><${E} bytes=${o} /></td>
                <td class="number">${r}</td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}function ka({device:e}){let{selection:t}=v(),{handles:n,mappings:o}=t.refsOf(e),r=`${n} ${o} ${e.revision}`,{users:i,failure:s,isReading:a,read:l}=Ae(e.chardev,r);return u`<h2>Used by</h2>
    <p class="hint">
      ${R(n,"handle")} and ${R(o,"mapping")} in the books.
      <button type="button" onClick=${l} disabled=${a}>Look again</button>
    </p>
    ${s!==null&&u`<${N} failure=${s} />`}
    ${i!==null&&u`<${Cr} size=${e.size} holders=${i.holders} />`}
    ${i!==null&&u`<div
      class="sides">${Aa(i)} ${Da(i)}</div>`}`}function Aa({holders:e}){let t=e.length-Kr;return u`<div>
    <h3>Declared (the books)</h3>
    ${e.length===0&&u`<p class="empty">Nobody has opened or mapped it.</p>`}
    <ul class="holders">
      ${e.slice(0,Kr).map(n=>n.kind==="others"?u`<li>${R(n.count,"reference")} of other tenants</li>`:u`<li>
              <b>${n.holder}</b> · ${n.kind} <code>${n.id}</code>, generation${" "}
              ${n.generation} ${n.length!==void 0&&u`· <${E} bytes=${n.length} /> at offset <${E}
                  bytes=${n.offset} />`}
            </li>`)}
    </ul>
    ${t>0&&u`<p class="hint">and ${R(t,"more","more")}</p>`}
  </div>`}function Da({processes:e,complete:t}){return u`<div>
    <h3>Observed (the host)</h3>
    ${!t&&u`<p
      class="hint">Some processes could not be looked into: there may be more.</p>`}
    ${e.length===0&&u`<p class="empty">No process has it open or mapped.</p>`}
    <ul class="holders">
      ${e.map(({pid:n,comm:o,container_id:r,pod_uid:i,mapped:s,stale:a})=>u`<li>
            <b>${o}</b> · pid ${n}
            ${r!==null&&u`· container <code>${r.slice(0,12)}</code>`}
            ${i!==null&&u`· pod <code>${i}</code>`}
            ${s.map(({offset:l,length:d})=>u`· maps <${E}
              bytes=${d} /> at offset <${E} bytes=${l} />`)}
            ${a&&u`<span class="flag">of an ended generation</span>`}
          </li>`)}
    </ul>
  </div>`}var Ra=["enabled","draining","disabled"];function Xr({id:e}){return e===null?u`<${Ma} />`:u`<${jr} key=${e} chardev=${e} />`}function Ma(){let e=v(),{selection:t,connection:n}=e,[o,r]=S(""),[i,s]=S(""),a=t.devices.value,l=pe(()=>{let m=o.trim().toLowerCase(),f=p=>p?.toLowerCase().includes(m)===!0;return a.filter(p=>(i===""||p.state===i)&&(m===""||f(p.chardev)||f(p.namespace)||f(t.ownerOf(p))))},[a,o,i]),d=n.value.state==="loading",c=a.length===0?"There are no devices.":"No device fits this filter.";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Devices</h1>
      <div class="filter">
        <label
          >Find
          <input
            type="search"
            placeholder="name, namespace, owner"
            value=${o}
            onInput=${m=>r(m.target.value)}
        /></label>
        <label
          >State
          <select onChange=${m=>s(m.target.value)}>
            <option value="">all</option>
            ${Ra.map(m=>u`<option value=${m}>${m}</option>`)}
          </select></label
        >
        <span class="count">${R(l.length,"device")}</span>
      </div>
    </header>
    <${re}
      label="Devices"
      columns=${Na(e)}
      rows=${l}
      idOf=${({chardev:m})=>m}
      empty=${d?"Reading\u2026":c}
    />
  </section>`}function Na({selection:e}){let{ownerOf:t,refsOf:n}=e;return[{name:"Device",key:({chardev:o})=>o,cell:({chardev:o,drift:r})=>u`<a href=${W("devices",o)}>${o}</a> ${r!==null&&u`<span
          class="flag bad" title=${r}>drift</span>`}`},{name:"State",key:({state:o})=>o,cell:({state:o})=>u`<${q} state=${o} />`},{name:"Size",isNumber:!0,key:({size:o})=>o,cell:({size:o})=>u`<${E} bytes=${o} />`},{name:"Owner",key:t,cell:o=>u`<${De} owner=${t(o)} />`},{name:"Namespace",key:({namespace:o})=>o??"",cell:({namespace:o})=>u`<span class="name" title=${o??""}>${o??"\u2014"}</span>`},{name:"Region",isNumber:!0,key:({region:o})=>o,cell:({region:o})=>o},{name:"Ranges",isNumber:!0,key:({ranges:o})=>o.length,cell:({ranges:o})=>o.length},{name:"Handles",isNumber:!0,key:o=>n(o).handles,cell:o=>n(o).handles},{name:"Mappings",isNumber:!0,key:o=>n(o).mappings,cell:o=>n(o).mappings},{name:"Generation",isNumber:!0,key:({generation:o})=>o,cell:({generation:o})=>o}]}var Yr=["region","namespace","device","handle","mapping","lease","claim","operation","tenant"];function Qr(){let{state:e}=v(),[t,n]=S(""),[o,r]=S(null),i=o??e.log.shown.value,s=t===""?i:i.filter(a=>a.kind===t);return u`<section>
    <header class="view">
      <h1 tabindex="-1">Events</h1>
      <div class="filter">
        <label
          >Kind
          <select onChange=${a=>n(a.target.value)}>
            <option value="">all</option>
            ${Yr.map(a=>u`<option value=${a}>${a}</option>`)}
          </select></label
        >
        <button type="button" aria-pressed=${o!==null}
          onClick=${()=>r(o===null?e.log.shown.value:null)}>
          ${o===null?"Hold still":"Go on"}
        </button>
        <span class="count">
          ${me(e.log.total.value)} since the page was opened; the last${" "}
          ${Ke} are kept
        </span>
      </div>
    </header>
    <${re}
      label="Events"
      columns=${La}
      rows=${s}
      idOf=${({revision:a})=>String(a)}
      empty="Nothing has happened since the page was opened."
    />
  </section>`}var La=[{name:"Revision",cell:({revision:e})=>u`<span class="number">${e}</span>`},{name:"Time",cell:({at:e})=>u`<time datetime=${e} title=${e}>${br(e)}</time>`},{name:"What",cell:({kind:e,type:t})=>`${e} ${t}`},{name:"Which",cell:e=>Va(e)},{name:"State",cell:({object:e})=>Ia(e)}];function Va({kind:e,id:t}){let n={device:"devices",claim:"claims"}[e];return n===void 0?u`<span class="name" title=${t}>${t}</span>`:u`<a class="name" href=${W(n,t)}>${t}</a>`}function Ia(e){let{state:t}=e??{};return t===void 0?null:u`<${q} state=${t} />`}var Wa={adopt:"daxd takes it over as it is: it gets a namespace of its own.",forget:"daxd strikes it from its books; the host is left as it is.",repair:"The host is made what the books want. What is in use is never destroyed for that."};function Jr(){return u`<section>
    <header class="view"><h1 tabindex="-1">Host</h1></header>
    <${Fa} /> <${Ua} />
  </section>`}function Fa(){let{daxd:e,session:t,dialog:n}=v(),[o,r]=S(null),i=H(),s=()=>i.run(async()=>r((await e.reconciliation.get()).items));U(()=>{s()},[]);let a=(l,d)=>()=>{n.value=u`<${Ha} item=${l} action=${d} done=${s} />`};return u`<h2>Books and host</h2>
    <p class="hint">
      What was wanted, what is written and what is there, side by side.
      <button type="button" disabled=${i.isRunning} onClick=${s}>Compare again</button>
    </p>
    ${i.failure!==null&&u`<${N} failure=${i.failure} />`}
    ${o===null&&i.failure===null&&u`<p class="empty">Comparing…</p>`}
    ${o?.length===0&&u`<p class="empty good">They agree.</p>`}
    <ul class="differences">
      ${o?.map(l=>u`<li>
            <span class="flag bad">${l.kind}</span> <b>${l.object}</b> ${l.detail}
            ${t.may("reconciliation:change")&&l.actions.map(d=>u`<button type="button" aria-label=${`${d} ${l.object}`}
                    onClick=${a(l,d)}>${d}…</button>`)}
          </li>`)}
    </ul>`}function Ha({item:e,action:t,done:n}){let{daxd:o,dialog:r}=v(),{run:i,isRunning:s,failure:a}=H(),{object:l}=e,d=async()=>{await o.reconciliation.act({object:l,action:t}),n()};return u`<${G} title=${`${t} ${l}?`}>
    <p>${e.detail}</p>
    <p>${Wa[t]}</p>
    ${a!==null&&u`<${N} failure=${a} />`}
    <footer>
      <button type="button" onClick=${()=>{r.value=null}}>Cancel</button>
      <button type="button" class="primary" disabled=${s}
        onClick=${()=>i(d,`${l}: ${t} is done.`)}>
        ${t}
      </button>
    </footer>
  </${G}>`}function Ua(){let{daxd:e}=v(),[t,n]=S(null),o=H(),r=()=>o.run(async()=>n(await e.host()));U(()=>{r()},[]);let i=t?.findings??[],s=i.filter(({status:a})=>a!=="pass");return u`<h2>What the host supports</h2>
    ${o.failure!==null&&u`<${N} failure=${o.failure} />`}
    ${t===null&&o.failure===null&&u`<p class="empty">Examining…</p>`}
    ${t!==null&&u`<p class="hint">
        ${i.length-s.length} of ${i.length} checks pass.
        <button type="button" disabled=${o.isRunning} onClick=${r}>Examine again</button>
      </p>`}
    <ul class="findings">
      ${s.map(({id:a,title:l,status:d,detail:c,cost:m,mend:f})=>u`<li key=${a}>
            <${q} state=${d} /> <b>${l}</b> <span>${c}</span>
            ${m!==null&&u`<p>${m}</p>`} ${f!==null&&u`<p
              class="mend">${f}</p>`}
          </li>`)}
    </ul>`}function Zr(){let e=v(),{state:t,connection:n}=e;t.leases.version.value;let o=[...t.leases.rows()].sort((i,s)=>i.expires_at<s.expires_at?-1:1),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Leases</h1></header>
    <${re}
      label="Leases"
      columns=${Ba(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"Nobody holds a lease."}
    />
  </section>`}function Ba({now:e,session:t,dialog:n}){return[{name:"Lease",key:({id:o})=>o,cell:({id:o})=>u`<code>${o}</code>`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Time left",key:({expires_at:o})=>o,cell:o=>u`<${At} lease=${o} />`},{name:"Renewed for",isNumber:!0,key:({ttl_ms:o})=>o,cell:({ttl_ms:o})=>fe(o)},{name:"Last renewed",key:({updated_at:o})=>o,cell:({updated_at:o})=>kt(o,e.value)},{name:"Claim",key:({claim:o})=>o??"",cell:({claim:o})=>o===null?"\u2014":u`<a class="name" href=${W("claims",o)}>${o}</a>`},{name:"Token",isNumber:!0,key:({token:o})=>o,cell:({token:o})=>o},{name:"",cell:o=>t.may("leases:change")&&u`<button
          type="button"
          aria-label=${`End lease ${o.id}`}
          onClick=${()=>{n.value=u`<${za} lease=${o} />`}}
        >
          End…
        </button>`}]}function za({lease:e}){let{daxd:t,dialog:n}=v(),{id:o,holder:r,claim:i}=e,{run:s,isRunning:a,failure:l}=H();return u`<${G} title=${`End lease ${o}?`}>
    <p>
      To daxd this is the death of <b>${r}</b>: its handles are closed and its mappings
      dropped${i===null?".":u`, and the claim <b>${i}</b> is released.`}
    </p>
    ${l!==null&&u`<${N} failure=${l} />`}
    <footer>
      <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
      <button type="button" class="danger" disabled=${a}
        onClick=${()=>s(()=>t.leases.delete(o),`Lease ${o} is over.`)}>
        End the lease
      </button>
    </footer>
  </${G}>`}var qa={region:"",name:"",size:"1GiB",align:"",wipe:"none",use:"device",shape:"any"};function ei(){let{daxd:e,selection:t}=v(),n=Dt(qa),{fields:o,set:r}=n,i=t.regions.value,s=i.find(({id:l})=>String(l)===o.region)?.supported_aligns??[],a=Ga(o);return u`<${ke} title="Create namespace" verb="Create" form=${n}
    rehearse=${()=>e.namespaces.create(a,{dryRun:!0})}
    carryOut=${()=>e.namespaces.create(a,{wait:!1})}
    done=${l=>`${X(l.size)} are ${l.chardev??"being made"}.`}
    drawPlan=${l=>u`<${Ka} plan=${l} />`}>
    <${F} label="Region" value=${o.region} onValue=${r("region")} options=${[["","any that fits"],...i.map(({id:l,available_size:d})=>[String(l),`${l} (${X(d)} free)`])]} />
    <${F} label="Size" value=${o.size} onValue=${r("size")} isRequired
      hint="64MiB, 1GiB, or max" />
    <${F} label="Name" value=${o.name} onValue=${r("name")}
      hint="daxd makes one if empty" />
    <${F} label="Align" value=${o.align} onValue=${r("align")} options=${[["","the region's"],...s.map(l=>[String(l),X(l)])]} />
    <${F} label="Place" value=${o.shape} onValue=${r("shape")} options=${[["any","where there is room"],["contiguous","in one piece"]]} />
    <${F} label="For" value=${o.use} onValue=${r("use")} options=${[["device","a device of its own"],["pool","a pool: slices of claims"]]} />
    <${F} label="On release" value=${o.wipe} onValue=${r("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
  </${ke}>`}function Ga({region:e,name:t,size:n,align:o,wipe:r,use:i,shape:s}){return{size:n.trim(),...e===""?{}:{region:Number(e)},...t.trim()===""?{}:{name:t.trim()},...o===""?{}:{align:Number(o)},...r==="none"?{}:{wipe:"on_release"},...i==="pool"?{pool:!0}:{},...s==="contiguous"?{contiguous:!0}:{}}}function Ka({plan:e}){let{state:t,selection:n,session:o}=v(),{size:r,chardev:i,region:s,ranges:a}=e,l=t.regions.get(String(s)),d=n.occupancies.value.get(s)?.pieces??[],c=a.map(({start:m,end:f})=>({start:m,end:f+1}));return u`<div class="plan" role="status">
    <p>
      Would take <b><${E} bytes=${r} /></b> of region ${s} as <b>${i}</b>, in
      ${" "}${R(a.length,"range")}:
    </p>
    ${l!==void 0&&u`<${Me} region=${l} pieces=${d} planned=${c}
        isPartial=${!o.may("regions:map")} />`}
    <ul>
      ${a.map(({start:m,end:f,size:p})=>u`<li><code>${Y(m)}–${Y(f)}</code> <${E}
            bytes=${p} /></li>`)}
    </ul>
  </div>`}var ja="This host offers no device-dax memory. The Host view says what is missing.",ti=9;function ni(){let{selection:e,session:t,connection:n}=v(),o=e.regions.value,r=n.value.state==="loading";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Regions</h1>
      <div class="actions">${Xa()}</div>
    </header>
    ${o.length===0&&u`<p class="empty">
        ${r?"Reading what the host offers\u2026":ja}
      </p>`}
    ${o.map(i=>u`<${Ya} key=${i.id} region=${i} />`)}
    ${o.length>0&&!t.may("regions:map")&&u`<p class="hint">
        Only what is yours is drawn: other tenants' devices are not yours to see. The figures count
        all of the region.
      </p>`}
  </section>`}function Xa(){let{session:e,dialog:t}=v();return u`${e.may("namespaces:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${ei} />`}}
    >
      Create namespace…
    </button>`}
  ${e.may("claims:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${Rt} />`}}
    >
      Claim memory…
    </button>`}`}function Ya({region:e}){let{selection:t,session:n}=v(),o=t.occupancies.value.get(e.id);if(o===void 0)return null;let r=!n.may("regions:map"),{id:i,provider:s,kind:a,media:l,numa_node:d,target_node:c,align:m,drift:f,schedulable:p}=e,y=[s,a,l.persistence,l.type,`NUMA ${d}`,c===d?"":`target node ${c}`];return u`<article class="region" aria-labelledby=${`region-${i}`}>
    <header>
      <h2 id=${`region-${i}`}>Region ${i}</h2>
      <p class="facts">
        ${y.filter(h=>h!=="").join(" \xB7 ")} · align <${E} bytes=${m} />
      </p>
      ${e.state!=="enabled"&&u`<${q} state=${e.state} />`}
      ${!p&&u`<span class="flag">closed to new placements</span>`}
      ${f!==null&&u`<span class="flag bad">differs from the host: ${f}</span>`}
    </header>
    <${Me} region=${e} pieces=${o.pieces} isPartial=${r} />
    ${Qa({region:e,occupancy:o,isPartial:r})} ${Ja({occupancy:o,isPartial:r})}
  </article>`}function Qa({region:e,occupancy:t,isPartial:n}){let{size:o}=e,r=n?e.available_size:t.available,i=n?e.max_available_extent:t.largest,{holes:s,deviceCount:a}=t,l=Je(i,r);return u`<dl class="figures">
    <div><dt>Size</dt><dd><${E} bytes=${o} /></dd></div>
    <div>
      <dt>Free</dt>
      <dd><${E} bytes=${r} /> <small>${Je(r,o)}</small></dd>
    </div>
    <div class="wide">
      <dt>Largest free extent</dt>
      <dd>
        <${E} bytes=${i} />
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
  </dl>`}function Ja({occupancy:e,isPartial:t}){let{owners:n}=e;if(n.length===0)return null;let o=n.slice(ti),r=o.reduce((i,{bytes:s})=>i+s,0);return u`<ul class="legend" aria-label=${t?"What is yours":"Who has how much"}>
    ${n.slice(0,ti).map(({owner:i,bytes:s})=>u`<li key=${i}><${De} owner=${i} /> <${E} bytes=${s} /></li>`)}
    ${o.length>0&&u`<li>${R(o.length,"other")} <${E}
      bytes=${r} /></li>`}
  </ul>`}function oi(){let{session:e}=v(),[t,n]=S("");return u`<section class="sign-in">
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
  </section>`}var Za={regions:"regions:read",devices:"devices:read",claims:"claims:read",leases:"leases:read",operations:"operations:read",host:"host:read",events:"events:read"};function ri({notice:e}){let{session:t,dialog:n,address:o}=v(),{view:r,id:i}=o.value,s=K(null),a=K(!0);U(()=>{document.title=`${i??r} \xB7 daxd`,a.current||s.current?.querySelector("h1")?.focus(),a.current=!1},[r,i]);let l=t.isTokenWanted.value;return u`<a class="skip" href="#main" onClick=${d=>el(d,s.current)}
      >Skip to the content</a
    >
    <header class="page">
      <span class="brand">daxd</span>
      ${!l&&u`<${nl} />`}
      <div class="standing"><${rl} /> <${sl} /></div>
    </header>
    <main id="main" ref=${s} tabindex="-1">
      ${l?u`<${oi} />`:tl(r,i)}
    </main>
    <div class="notice" role="status" aria-live="polite">${e.said}</div>
    ${n}`}function el(e,t){e.preventDefault(),t?.focus()}function tl(e,t){return{regions:()=>u`<${ni} />`,devices:()=>u`<${Xr} id=${t} />`,claims:()=>u`<${Sr} id=${t} />`,leases:()=>u`<${Zr} />`,operations:()=>u`<${Br} />`,host:()=>u`<${Jr} />`,events:()=>u`<${Qr} />`}[e]()}function nl(){let e=v(),{session:t,address:n}=e;return u`<nav aria-label="Views">
    <ul>
      ${gn.filter(o=>t.may(Za[o])).map(o=>u`<li key=${o}>
            <a href=${W(o)}
              aria-current=${n.value.view===o?"page":void 0}
              >${o[0]?.toUpperCase()}${o.slice(1)}${ol(e,o)}</a
            >
          </li>`)}
    </ul>
  </nav>`}function ol({state:e,selection:t},n){let r={devices:()=>t.devices.value.length,claims:()=>+(e.claims.version.value>=0)*e.claims.size,leases:()=>+(e.leases.version.value>=0)*e.leases.size,operations:()=>t.unfinished.value.length}[n]?.()??0;return r===0?null:u` <span class="badge">${me(r)}</span>`}function rl(){let{connection:e,session:t,now:n}=v(),o=e.value,r=t.who.value,i={loading:"loading",live:"live",waiting:"signed out",reconnecting:"reconnecting"}[o.state],s=o.state==="reconnecting"?n.value-o.sinceMs:0;return u`<span class=${`connection ${o.state}`}
    title=${o.state==="reconnecting"?o.why:""}>
      <span class="mark" aria-hidden="true"></span><span role="status">${i}</span>
      ${s>0&&u`<span class="number" aria-hidden="true">${fe(s)}</span>`}
    </span>
    ${r!==null&&u`<span class="who" title=${`recognised by ${r.via}`}
        >${r.name}<small>${r.role}${il(r.tenant)}</small></span
      >`}
    ${t.token()!==null&&r!==null&&u`<button type="button" onClick=${()=>t.leave()}>Sign out</button>`}`}function il(e){return e===null?"":` of ${e}`}function sl(){let{settings:e}=v(),{theme:t,isExact:n}=e,o={system:"Auto",light:"Light",dark:"Dark"};return u`<button
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
      ${hn.map(r=>u`<option value=${r}
        selected=${r===t.value}>${o[r]}</option>`)}
    </select>`}var al=15e3,nt=er(sessionStorage),ii=Uo((e,t)=>fetch(e,t)),Vt=an({url:location.origin,token:nt.token,fetch:ii.fetch}),si=qo(()=>ot.tell()),ot=zo(si),ai=Xo(Vt),tt=vr(ot,ai.byRegion),li=tr(localStorage,document.documentElement),ll=new AbortController,ci=Wo({daxd:Vt,state:ot,session:nt,loaded:()=>{ul()}},ll.signal),ui=C(vn(location.hash)),di=Vo(),pi=jo();function cl(){let e=[...tt.occupancies.value.values()].flatMap(({owners:t})=>t);for(let{owner:t}of e.sort((n,o)=>o.bytes-n.bytes))pi.of(t)}async function ul(){if(nt.may("regions:map"))for(let{id:e,available_size:t}of tt.regions.value)tt.occupancies.value.get(e)?.available!==t&&await ai.read(e)}async function dl(){if(!(nt.may("regions:map")||ci.value.state!=="live")){for await(let e of Vt.regions.list())ot.regions.replace(e);si()}}addEventListener("hashchange",()=>{ui.value=vn(location.hash)});for(let e of["(prefers-color-scheme: dark)","(prefers-contrast: more)"])matchMedia(e).addEventListener("change",()=>wn(document.documentElement));li.theme.subscribe(()=>wn(document.documentElement));var pl=tt.devices.subscribe(e=>{e.length!==0&&(cl(),queueMicrotask(()=>pl()))});setInterval(()=>{dl().catch(()=>{})},al);var ml={daxd:Vt,state:ot,selection:tt,session:nt,connection:ci,settings:li,looks:pi,address:ui,now:ii.now,dialog:C(null),say:di.say},Pn=document.getElementById("root");Pn!==null&&(Pn.replaceChildren(),jt(u`<${ln.Provider} value=${ml}><${ri} notice=${di} /><//>`,Pn));
